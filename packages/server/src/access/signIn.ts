import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { type Body, fitsLimits, isNotEncoded } from '../http/body.ts'
import { hostWithoutPort, isLoopback } from '../http/loopback.ts'
import { hostOf, refuseOtherSite } from '../http/otherSite.ts'
import { answerPage } from '../http/pages.ts'
import { composeProblem, type Refusal } from '../http/problem.ts'
import { areEqual, type MaintainerOptions } from './access.ts'
import { createSession, hasSession, sessionCookie } from './session.ts'

export const SIGN_IN_PATH = '/sign-in'
export const SIGN_OUT_PATH = '/sign-out'

/** Adds the page on which maintainers exchange the token for a session, and the way out, where there is a token. */
export function addSignIn(app: Hono, { access, now, attempts, addressOf }: MaintainerOptions): void {
  if (access.by !== 'token') return
  const { token } = access
  app.get(SIGN_IN_PATH, async (context) =>
    (await hasSession(context.req.raw, token, now())) ? answerSignedIn(context) : answerForm(context),
  )

  app.post(SIGN_IN_PATH, async (context) => {
    const refusal = refuseOtherSite(context.req.raw)
    if (refusal) return composeProblem(refusal)
    const attempt = await attempts.take(addressOf(context))
    if (attempt.outcome === 'limited') {
      context.header('retry-after', String(attempt.retryAfterSeconds))
      return answerForm(context, 429)
    }
    const form = await readForm(context.req.raw)
    if (!('fields' in form)) return composeProblem(form)
    if (!(await areEqual(form.fields.get('token') ?? '', token))) return answerForm(context, 401)
    const cookie = sessionCookie(await createSession(token, now()), mustBeSecure(context.req.raw))
    return seeOther('/', cookie)
  })

  app.post(SIGN_OUT_PATH, (context) => {
    const refusal = refuseOtherSite(context.req.raw)
    if (refusal) return composeProblem(refusal)
    return seeOther(SIGN_IN_PATH, sessionCookie(undefined, mustBeSecure(context.req.raw)))
  })
}

/** Behind a proxy the request itself came by http; only this machine may go without https. */
function mustBeSecure(request: Request): boolean {
  return new URL(request.url).protocol === 'https:' || !isLoopback(hostWithoutPort(hostOf(request)))
}

async function readForm(request: Request): Promise<{ fields: URLSearchParams } | Refusal> {
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';')
  const expected = 'application/x-www-form-urlencoded'
  if (mediaType.trim().toLowerCase() !== expected) {
    return { kind: 'not-a-form', problems: [{ field: 'content-type', expected }] }
  }
  const body: Body = { request, bytes: new Uint8Array(), value: undefined }
  for (const gate of [isNotEncoded, fitsLimits]) {
    const verdict = await gate(body)
    if (verdict !== 'passes') return verdict
  }
  return { fields: new URLSearchParams(new TextDecoder().decode(body.bytes)) }
}

function seeOther(location: string, cookie: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location, 'set-cookie': cookie, 'cache-control': 'no-store' },
  })
}

const WHAT_IS_WRONG = {
  401: 'That is not the token. Nothing was changed.',
  429: 'Too many attempts came from your address. Try again within an hour.',
} as const

function answerForm(context: Context, status?: keyof typeof WHAT_IS_WRONG) {
  context.header('cache-control', 'no-store')
  if (status === 401) context.header('www-authenticate', 'Bearer')
  const wrong = status && html`<p class="wrong" id="wrong" role="alert">${WHAT_IS_WRONG[status]}</p>`
  const content = html`<p>The dashboard is for maintainers. The token is what the server was started with as
<code>TELEMETRY_ADMIN_TOKEN</code>.</p>
<form method="post" action="${SIGN_IN_PATH}">
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
    status ? html` aria-invalid="true" aria-describedby="wrong"` : ''
  }>
${wrong ?? ''}
<button>Sign in</button>
</form>
<p class="quiet">What is collected, and why: <a href="/privacy">privacy</a>. What it tells everyone: <a href="/report">the weekly report</a>.</p>`
  return answerPage(context, { title: 'Sign in', content, ...(status && { status }) })
}

function answerSignedIn(context: Context) {
  context.header('cache-control', 'no-store')
  const content = html`<p><a href="/">Open the dashboard</a></p>
<form method="post" action="${SIGN_OUT_PATH}"><button>Sign out</button></form>`
  return answerPage(context, { title: 'You are signed in', content })
}
