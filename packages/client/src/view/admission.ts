import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Length of the address's token and of the browser's, in bytes. */
export const TOKEN_BYTES = 32

const COOKIE = 'view'

/** Who may see the page. */
export interface Rules {
  port: number
  /** The first segment of every address. */
  token: string
  /** What the browser that opened the address shows from then on; undefined until it was opened. */
  session: string | undefined
}

/**
 * Why a request is refused: `unknown` tells nothing at all, since whoever asks knows no address; `read only` and `used` are for
 * those who know it.
 */
export type Refusal = 'unknown' | 'read only' | 'used'

type Gate = (request: IncomingMessage, rules: Rules) => Refusal | undefined

const GATES: readonly Gate[] = [
  // A name of somebody else's that leads to this machine (DNS rebinding) would make us part of their site.
  ({ headers }, { port }) =>
    ['127.0.0.1', 'localhost'].some((name) => headers.host === `${name}:${port}`) ? undefined : 'unknown',
  ({ url }, { token }) => (isSame(partsOf(url).token, token) ? undefined : 'unknown'),
  ({ method }) => (method === 'GET' || method === 'HEAD' ? undefined : 'read only'),
  (request, { session }) => {
    if (session !== undefined) return isSame(sessionOf(request), session) ? undefined : 'used'
    return isOpening(request) ? undefined : 'used'
  },
]

/** Leads a request through the gates; the first that refuses decides. */
export function refusalOf(request: IncomingMessage, rules: Rules): Refusal | undefined {
  for (const gate of GATES) {
    const refusal = gate(request, rules)
    if (refusal) return refusal
  }
  return undefined
}

/** An address's token, and what stands after it; undefined where there is not even a slash. */
export function partsOf(url = ''): { token: string; path: string | undefined } {
  const [, token = '', path] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(url) ?? []
  return { token, path }
}

/** The header that hands a session to the browser, for this address alone: another port's server must not get it. */
export function sessionCookie(token: string, session: string): string {
  return `${COOKIE}=${session}; Path=/${token}; HttpOnly; SameSite=Strict`
}

function sessionOf({ headers }: IncomingMessage): string {
  const cookies = (headers.cookie ?? '').split(/;\s*/)
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}

function isOpening({ method, url }: IncomingMessage): boolean {
  return method === 'GET' && !partsOf(url).path
}

/** Compares in a time that tells nothing but the length. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
