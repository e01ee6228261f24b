import { type Host, MS_PER_HOUR } from '../host.ts'

export type AddressVerdict = { outcome: 'within' } | { outcome: 'limited'; retryAfterSeconds: number }

/** Counts what comes from an address. */
export interface AddressLimiter {
  /**
   * Counts one more from an address, in any spelling of it; an unreadable one counts under its own spelling. Rejects with
   * `StoreUnavailable` where the counts are kept elsewhere and cannot be had now.
   *
   * @param cost 0 asks whether another one would be within the limit, and counts nothing.
   */
  take(address: string, cost?: 0 | 1): Promise<AddressVerdict>
}

/** Where the limiters of a server count. */
export interface AddressLimits {
  /** @param purpose what is counted; each has counts of its own. */
  limiter(purpose: 'events' | 'attempts', perHour: number): AddressLimiter
  close(): Promise<void>
}

/** How many addresses are remembered at most; beyond that the one that began first is forgotten. */
const MAX_ADDRESSES = 100_000

/**
 * Counts in memory, in hours that begin with the first request of any address. When an hour is over, everything that was
 * counted in it is dropped.
 */
export function createAddressLimiter(
  { now, after }: Pick<Host, 'now' | 'after'>,
  perHour: number,
): AddressLimiter {
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
    async take(address, cost = 1) {
      const time = now()
      const { startedAt, counts } = hourAt(time)
      const network = networkOf(address)
      const before = counts.get(network) ?? 0
      if (before >= perHour) return limitedUntil(startedAt + MS_PER_HOUR, time)
      if (cost === 0) return { outcome: 'within' }
      if (counts.size >= MAX_ADDRESSES && before === 0) counts.delete(counts.keys().next().value ?? '')
      counts.set(network, before + 1)
      return { outcome: 'within' }
    },
  }
}

/** @param endsAt when the hour is over, in milliseconds since 1970 as `now`. */
export function limitedUntil(endsAt: number, now: number): AddressVerdict {
  return { outcome: 'limited', retryAfterSeconds: Math.ceil((endsAt - now) / 1000) }
}

/** What an address counts as: an IPv4 address itself, also when written as IPv6; of IPv6 its /64. */
export function networkOf(address: string): string {
  const bare = (address.split('%')[0] ?? '').toLowerCase()
  const groups = ipv6Groups(bare)
  if (!groups) return bare
  const [g0, g1, g2, g3, g4, g5, high = 0, low = 0] = groups
  if (g5 === 0xffff && [g0, g1, g2, g3, g4].every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of an IPv6 address; undefined for anything else. */
export function ipv6Groups(address: string): number[] | undefined {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/.test(hex) || /::.*::/.test(hex)) return undefined
  const [head = [], tail] = hex.split('::').map((side) => (side === '' ? [] : side.split(':')))
  const zeros = Array(Math.max(0, 8 - head.length - (tail?.length ?? 0))).fill('0')
  const groups = [...head, ...(tail ? [...zeros, ...tail] : [])].map((group) => Number.parseInt(group, 16))
  return groups.length === 8 && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined
}
