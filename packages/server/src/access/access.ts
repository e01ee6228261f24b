import type { Context } from 'hono'
import { timingSafeEqual } from 'hono/utils/buffer'
import { asksLoopback } from '../http/loopback.ts'
import type { Refusal } from '../http/problem.ts'
import { type IpAddressLimiter, refuseOverLimit } from '../limits/ipAddressLimiter.ts'
import { PROXY_HEADERS } from '../limits/trustedProxies.ts'
import { hasSession } from './session.ts'

/** Who sees what is for maintainers: whoever holds the token, or without one whoever sits at this machine. */
export type Access = { by: 'loopback' } | { by: 'token'; token: string }

export interface MaintainerOptions {
  access: Access
  /** Limits who tries tokens, by IP address. */
  attempts: IpAddressLimiter
  /** The IP address a request came from, used for its limit and nothing else. */
  ipAddressOf: (context: Context) => string
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * Why a request may not see what is for maintainers; undefined where it may. A token is shown as a bearer, or was shown
 * before for the session that the request carries. An IP address that has shown too many wrong tokens is told to wait,
 * whatever it shows next.
 */
export async function authorizeMaintainer(
  context: Context,
  { access, attempts, ipAddressOf, now }: MaintainerOptions,
): Promise<Refusal | undefined> {
  switch (access.by) {
    case 'loopback': {
      // A page elsewhere may give its own name our address; the browser then still sends that name.
      const asksUs = asksLoopback(context.req.raw)
      // A proxy may write our address there too; then whoever asks is somewhere else.
      const isForwarded = PROXY_HEADERS.some((name) => context.req.header(name) !== undefined)
      return asksUs && !isForwarded ? undefined : { kind: 'not-this-host' }
    }
    case 'token': {
      const [, presented] = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? []
      if (presented !== undefined) {
        const isRight = await timingSafeEqual(presented, access.token)
        const refusal = await refuseOverLimit(attempts, ipAddressOf(context), isRight ? 0 : 1)
        if (refusal || isRight) return refusal
      }
      return (await hasSession(context, access.token, now())) ? undefined : { kind: 'not-signed-in' }
    }
    default:
      throw access satisfies never
  }
}
