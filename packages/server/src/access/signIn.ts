import { parseWith } from '@voicemode-telemetry/protocol'
import { type SignInForm, signInFormSchema } from '@voicemode-telemetry/protocol/wire/signIn'
import type { Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { timingSafeEqual } from 'hono/utils/buffer'
import { type Body, fitsLimits, isNotEncoded, NO_BYTES, viewOf } from '../http/body.ts'
import { answerPage } from '../http/pages.ts'
import { composeProblem, type Refusal } from '../http/problem.ts'
import { refuseOverLimit } from '../limits/ipAddressLimiter.ts'
import type { MaintainerOptions } from './access.ts'
import { endSession, hasSession, readSession, type SessionState, startSession } from './session.ts'

export const SIGN_IN_PATH = '/sign-in'
export const SIGN_OUT_PATH = '/sign-out'
/** Where the right token leads: only a browser that has kept the session goes on from here. */
const SIGNED_IN_PATH = '/signed-in'

/** Adds the page on which maintainers exchange the token for a session, and the way out, where there is a token. */
export function addSignIn(app: Hono, { access, now, attempts, ipAddressOf }: MaintainerOptions): void {
  if (access.by !== 'token') return
  const { token } = access
  app.get(SIGN_IN_PATH, async (context) =>
    (await hasSession(context, token, now())) ? answerSignedIn(context) : answerForm(context),
  )

  app.post(SIGN_IN_PATH, csrf(), async (context) => {
    const refusal = await refuseOverLimit(attempts, ipAddressOf(context))
    if (refusal) {
      context.header('retry-after', String(refusal.retryAfterSeconds))
      return answerForm(context, { status: 429, wrong: TOO_MANY })
    }
    const form = await readForm(context.req.raw)
    if ('kind' in form) return composeProblem(form)
    const isRight = await timingSafeEqual(form.token, token)
    if (!isRight) return answerForm(context, { status: 401, wrong: NOT_THE_TOKEN })
    await startSession(context, token, now())
    return seeOther(context, SIGNED_IN_PATH + queryOf(context))
  })

  app.get(SIGNED_IN_PATH, async (context) => {
    const session = await readSession(context, token, now())
    return session === 'valid'
      ? seeOther(context, `/${queryOf(context)}`)
      : answerForm(context, { status: 200, wrong: WHY_NO_SESSION[session] })
  })

  app.post(SIGN_OUT_PATH, csrf(), (context) => {
    endSession(context)
    return seeOther(context, SIGN_IN_PATH)
  })
}

/** The query of a request, with its question mark: it says what the dashboard is to show once its reader is signed in. */
export function queryOf({ req }: Context): string {
  return new URL(req.url).search
}

/** Reads the form. @returns an empty token where it has none. */
async function readForm(request: Request): Promise<SignInForm | Refusal> {
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';')
  const expected = 'application/x-www-form-urlencoded'
  if (mediaType.trim().toLowerCase() !== expected) {
    return { kind: 'not-a-form', problems: [{ field: 'content-type', expected }] }
  }
  const body: Body = { request: viewOf(request), bytes: NO_BYTES, value: undefined }
  for (const gate of [isNotEncoded, fitsLimits]) {
    const verdict = await gate(body)
    if (verdict !== 'passes') return verdict
  }
  const fields = new URLSearchParams(new TextDecoder().decode(body.bytes))
  const form = parseWith(signInFormSchema, Object.fromEntries(fields))
  return form.ok ? form.value : { token: '' }
}

function seeOther(context: Context, location: string): Response {
  context.header('cache-control', 'no-store')
  return context.redirect(location, 303)
}

const NOT_THE_TOKEN = 'That is not the token. Nothing was changed.'
const TOO_MANY = 'Too many attempts came from your IP address. Try again within an hour.'

/** Why whoever has shown the right token comes back without a session. */
const WHY_NO_SESSION: Record<Exclude<SessionState, 'valid'>, string> = {
  none: `The token was right, but your browser did not keep the session. It keeps one only if the page comes by https, or from its own \
machine: then forward the port (ssh -L 8787:127.0.0.1:8787 HOST) and open localhost. Other reasons are cookies that are turned off for \
this page, and a proxy that drops Set-Cookie.`,
  other: `The token was right, but the session that came back is of another token. Do several servers answer here, with different tokens?`,
  ended: `The token was right, but the session has already ended by the clock of the server that was asked next. Do the clocks of several \
servers differ?`,
}

interface Told {
  status: 200 | 401 | 429
  wrong: string
}

function answerForm(context: Context, told?: Told) {
  const { status, wrong: sentence } = told ?? {}
  context.header('cache-control', 'no-store')
  if (status === 401) context.header('www-authenticate', 'Bearer')
  const wrong = sentence && html`<p class="wrong" id="wrong" role="alert">${sentence}</p>`
  const content = html`<p>The dashboard is for maintainers. The token is what the server was started with as
<code>TELEMETRY_ADMIN_TOKEN</code>.</p>
<form method="post" action="${SIGN_IN_PATH + queryOf(context)}">
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
    sentence ? html` aria-invalid="true" aria-describedby="wrong"` : ''
  }>
${wrong ?? ''}
<button>Sign in</button>
</form>
<p class="quiet">What is collected, and why: <a href="/privacy">privacy</a>. What it tells everyone: <a href="/report">the weekly report</a>.</p>`
  return answerPage(context, { title: 'Sign in', content, ...(status && { status }) })
}

function answerSignedIn(context: Context) {
  context.header('cache-control', 'no-store')
  const content = html`<p><a href="/${queryOf(context)}">Open the dashboard</a></p>
<form method="post" action="${SIGN_OUT_PATH}"><button>Sign out</button></form>`
  return answerPage(context, { title: 'You are signed in', content })
}
