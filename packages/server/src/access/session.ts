import { MS_PER_HOUR } from '../host.ts'

/** How long a sign-in lasts, in hours. */
export const SESSION_HOURS = 12

const COOKIE = 'voicemode_telemetry_session'

/**
 * Makes the session of whoever has shown the token: when it ends, and a mac over that, keyed with the token. Nothing is
 * kept, so it holds on every server with that token, over restarts, and ends with the token.
 *
 * @param now milliseconds since 1970.
 */
export async function createSession(token: string, now: number): Promise<string> {
  const endsAt = now + SESSION_HOURS * MS_PER_HOUR
  const mac = await crypto.subtle.sign('HMAC', await keyOf(token), textOf(endsAt))
  const digits = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${endsAt}.${digits}`
}

/** Whether a request carries a session of that token which has not ended. */
export async function hasSession(request: Request, token: string, now: number): Promise<boolean> {
  const cookies = (request.headers.get('cookie') ?? '').split(';').map((cookie) => cookie.trim())
  const session = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
  const [, digits, mac] = /^(\d{1,15})\.([0-9a-f]{64})$/.exec(session) ?? []
  if (digits === undefined || mac === undefined) return false
  const bytes = Uint8Array.from({ length: mac.length / 2 }, (_, n) =>
    Number.parseInt(mac.slice(2 * n, 2 * n + 2), 16),
  )
  const isOurs = await crypto.subtle.verify('HMAC', await keyOf(token), bytes, textOf(Number(digits)))
  return isOurs && now < Number(digits)
}

/**
 * The `Set-Cookie` that hands a session over, or takes it back.
 *
 * @param session undefined takes it back.
 * @param isSecure whether the cookie travels over https only.
 */
export function sessionCookie(session: string | undefined, isSecure: boolean): string {
  const lifetimeSeconds = session === undefined ? 0 : (SESSION_HOURS * MS_PER_HOUR) / 1000
  const secure = isSecure ? '; Secure' : ''
  return `${COOKIE}=${session ?? ''}; Path=/; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Strict${secure}`
}

/** The name keeps the mac apart from any other that the token may be used for. */
function textOf(endsAt: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`voicemode-telemetry-session:${endsAt}`)
}

function keyOf(token: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', new TextEncoder().encode(token), algorithm, false, ['sign', 'verify'])
}
