import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Length of the URL's token and of the session, in bytes. */
export const TOKEN_BYTES = 32

const COOKIE = 'view'

/** What a request must show to see the page. */
export interface Rules {
  /** The first segment of every URL's path. */
  token: string
  /** The cookie of the browser that opened the URL; undefined until a browser has opened it. */
  session: string | undefined
  /** Whether the page asks the person, and so takes an answer. */
  asks: boolean
}

/** The end of the path that takes the person's answer. */
export const ANSWER_PATH = 'answer'

/**
 * Why a request is refused. `unknown` reveals nothing, since the sender does not know the URL. `read only` and `used` are for senders
 * who know it.
 */
export type Refusal = 'unknown' | 'read only' | 'used'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

type Gate = (request: IncomingMessage, rules: Rules) => Refusal | undefined

const GATES: readonly Gate[] = [
  // Another site's host name may lead to this machine (DNS rebinding). It must not make this page a part of that site.
  // The port is whichever the browser's side has, since a tunnel (ssh -L, a dev container) may lead here from another one.
  ({ headers }) => (LOOPBACK.test(headers.host ?? '') ? undefined : 'unknown'),
  ({ url }, { token }) => (isSame(partsOf(url).token, token) ? undefined : 'unknown'),
  (request, { asks }) => (isReading(request) || (asks && isAnswering(request)) ? undefined : 'read only'),
  // The cookie alone does not tell which page sends it. A browser adds the origin, and no page can change it.
  (request) =>
    isReading(request) || request.headers.origin === `http://${request.headers.host}` ? undefined : 'unknown',
  (request, { session }) => {
    if (session !== undefined) return isSame(sessionOf(request), session) ? undefined : 'used'
    return isOpening(request) ? undefined : 'used'
  },
]

/** Why a request is refused, by the first gate that refuses it; undefined if none does. */
export function refusalOf(request: IncomingMessage, rules: Rules): Refusal | undefined {
  for (const gate of GATES) {
    const refusal = gate(request, rules)
    if (refusal) return refusal
  }
  return undefined
}

/** The token in a request's path, and the rest of the path; undefined if no slash follows the token. */
export function partsOf(url = ''): { token: string; path: string | undefined } {
  const [, token = '', path] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(url) ?? []
  return { token, path }
}

/** The header that gives a session to the browser. It is for this path only: a server on another port must not get it. */
export function sessionCookie(token: string, session: string): string {
  return `${COOKIE}=${session}; Path=/${token}; HttpOnly; SameSite=Strict`
}

function sessionOf({ headers }: IncomingMessage): string {
  const cookies = (headers.cookie ?? '').split(/;\s*/)
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isAnswering({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && partsOf(url).path === ANSWER_PATH
}

function isOpening({ method, url }: IncomingMessage): boolean {
  return method === 'GET' && !partsOf(url).path
}

/** Compares in a time that reveals only the length. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
