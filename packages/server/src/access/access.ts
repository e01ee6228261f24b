import type { Context } from 'hono'
import { hostWithoutPort, isLoopback } from '../http/loopback.ts'
import type { Refusal } from '../http/problem.ts'
import type { AddressLimiter } from '../limits/addressLimiter.ts'
import { hasSession } from './session.ts'

/** Who sees what is for maintainers: whoever holds the token, or without one whoever sits at this machine. */
export type Access = { by: 'loopback' } | { by: 'token'; token: string }

export interface MaintainerOptions {
  access: Access
  /** Limits who tries tokens, by IP address. */
  attempts: AddressLimiter
  /** The IP address a request came from, used for its limit and nothing else. */
  addressOf: (context: Context) => string
  /** Milliseconds since 1970. */
  now: () => number
}

/** What proxies add to a request. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

/**
 * Why a request may not see what is for maintainers; undefined where it may. A token is shown as a bearer, or was shown
 * before for the session that the request carries. An address that has shown too many wrong tokens is told to wait, whatever
 * it shows next.
 *
 * @param now milliseconds since 1970, for a session ends.
 * @param attempt counts one more token that was shown from where the request comes, see `AddressLimiter`.
 */
export async function authorizeMaintainer(
  request: Request,
  access: Access,
  now: number,
  attempt: (cost: 0 | 1) => ReturnType<AddressLimiter['take']>,
): Promise<Refusal | undefined> {
  switch (access.by) {
    case 'loopback': {
      // A page elsewhere may give its own name our address; the browser then still sends that name.
      const host = request.headers.get('host') ?? new URL(request.url).host
      // A proxy may write our address there too; then whoever asks is somewhere else.
      const isForwarded = FORWARDED.some((name) => request.headers.has(name))
      return isLoopback(hostWithoutPort(host)) && !isForwarded ? undefined : { kind: 'not-this-host' }
    }
    case 'token': {
      const [, presented = ''] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
      if (presented) {
        const isRight = await areEqual(presented, access.token)
        const verdict = await attempt(isRight ? 0 : 1)
        if (verdict.outcome === 'limited') {
          return { kind: 'too-many-from-address', retryAfterSeconds: verdict.retryAfterSeconds }
        }
        if (isRight) return undefined
      }
      return (await hasSession(request, access.token, now)) ? undefined : { kind: 'not-signed-in' }
    }
    default:
      throw access satisfies never
  }
}

/** Compares hashes, so that the time it takes tells nothing of either text. */
export async function areEqual(a: string, b: string): Promise<boolean> {
  const [hashA, hashB] = await Promise.all([sha256(a), sha256(b)])
  return hashA.reduce((difference, byte, n) => difference | (byte ^ (hashB[n] ?? 0)), 0) === 0
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}
