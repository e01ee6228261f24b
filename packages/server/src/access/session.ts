import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import { MS_PER_HOUR } from '../host.ts'
import { asksLoopback } from '../http/loopback.ts'

/** How long a sign-in lasts, in hours. */
export const SESSION_HOURS = 12

const COOKIE = 'voicemode_telemetry_session'

/**
 * Signs in whoever has shown the token: a cookie that says when the session ends, signed with the token. Nothing is kept, so
 * it holds on every server with that token, over restarts, and ends with the token.
 *
 * @param now milliseconds since 1970.
 */
export async function startSession(context: Context, token: string, now: number): Promise<void> {
  const lifetimeMs = SESSION_HOURS * MS_PER_HOUR
  const options = { ...cookieOptions(context), maxAge: lifetimeMs / 1000 }
  await setSignedCookie(context, COOKIE, String(now + lifetimeMs), token, options)
}

/**
 * What a request shows of a session. `none`: the browser sent no cookie. `other`: the cookie is not signed with that token.
 * `ended`: its time is over by this server's clock.
 */
export type SessionState = 'valid' | 'none' | 'other' | 'ended'

/** @param now milliseconds since 1970. */
export async function readSession(context: Context, token: string, now: number): Promise<SessionState> {
  const endsAt = await getSignedCookie(context, token, COOKIE)
  if (endsAt === undefined) return 'none'
  if (endsAt === false) return 'other'
  return now < Number(endsAt) ? 'valid' : 'ended'
}

/** Whether a request carries a session of that token which has not ended. @param now milliseconds since 1970. */
export async function hasSession(context: Context, token: string, now: number): Promise<boolean> {
  return (await readSession(context, token, now)) === 'valid'
}

export function endSession(context: Context): void {
  deleteCookie(context, COOKIE, cookieOptions(context))
}

/** Behind a proxy the request itself came by http; only this machine may go without https. */
function cookieOptions({ req }: Context) {
  const secure = new URL(req.url).protocol === 'https:' || !asksLoopback(req.raw)
  return { httpOnly: true, sameSite: 'Strict', secure } as const
}
