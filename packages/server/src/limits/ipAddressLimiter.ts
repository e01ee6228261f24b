import { type Host, MS_PER_HOUR } from '../host.ts'
import type { Refusal } from '../http/problem.ts'
import { networkOf } from './ipAddress.ts'

export type LimitVerdict = { outcome: 'within' } | { outcome: 'limited'; retryAfterSeconds: number }

/** Counts what comes from an address. */
export interface IpAddressLimiter {
  /**
   * Counts one more from an IP address, in any spelling of it; an unreadable one counts under its own spelling. Where the counts are
   * kept elsewhere it takes its time, and rejects with `StoreUnavailable` if they cannot be had now.
   *
   * @param cost 0 asks whether another one would be within the limit, and counts nothing.
   */
  take(ipAddress: string, cost?: 0 | 1): LimitVerdict | Promise<LimitVerdict>
}

/** Where the limiters of a server count. */
export interface IpAddressLimits {
  /** @param purpose what is counted; each has counts of its own. */
  limiter(purpose: 'events' | 'attempts', perHour: number): IpAddressLimiter
  close(): Promise<void>
}

/** How many IP addresses are remembered at most; beyond that the one that began first is forgotten. */
const MAX_IP_ADDRESSES = 100_000

/**
 * Counts in memory, in hours that begin with the first request of any address. When an hour is over, everything that was
 * counted in it is dropped.
 */
export function createIpAddressLimiter(
  { now, after }: Pick<Host, 'now' | 'after'>,
  perHour: number,
): IpAddressLimiter {
  let current: { startedAt: number; counts: Map<string, number> } | undefined

  function hourAt(time: number) {
    // Before its start the clock was set back, and when it ends is not known any more.
    if (current && time >= current.startedAt && time < current.startedAt + MS_PER_HOUR) return current
    const begun = { startedAt: time, counts: new Map<string, number>() }
    after(MS_PER_HOUR, () => {
      if (current === begun) current = undefined
    })
    current = begun
    return begun
  }

  return {
    take(ipAddress, cost = 1) {
      const time = now()
      const { startedAt, counts } = hourAt(time)
      const network = networkOf(ipAddress)
      const before = counts.get(network) ?? 0
      if (before >= perHour) return limitedUntil(startedAt + MS_PER_HOUR, time)
      if (cost === 0) return { outcome: 'within' }
      if (counts.size >= MAX_IP_ADDRESSES && before === 0) counts.delete(counts.keys().next().value ?? '')
      counts.set(network, before + 1)
      return { outcome: 'within' }
    },
  }
}

/** Counts one more from an IP address. @returns the refusal of what is over its limit; undefined within it. */
export async function refuseOverLimit(
  limiter: IpAddressLimiter,
  ipAddress: string,
  cost?: 0 | 1,
): Promise<Refusal | undefined> {
  const verdict = await limiter.take(ipAddress, cost)
  if (verdict.outcome === 'within') return undefined
  return { kind: 'too-many-from-address', retryAfterSeconds: verdict.retryAfterSeconds }
}

/** @param endsAt when the hour is over, in milliseconds since 1970 as `now`. */
export function limitedUntil(endsAt: number, now: number): LimitVerdict {
  return { outcome: 'limited', retryAfterSeconds: Math.ceil((endsAt - now) / 1000) }
}
