import { MS_PER_HOUR } from './host.ts'

type AddressVerdict = { outcome: 'within' } | { outcome: 'limited'; retryAfterSeconds: number }

/** Counts what comes from an address. Another one may count in a store that several servers share. */
export interface AddressLimiter {
  /** Counts one more from an address, in any spelling of it; an unreadable one counts under its own spelling. */
  take(address: string): Promise<AddressVerdict>
}

/** How many addresses are remembered at most; beyond that the one that began first is forgotten. */
const MAX_ADDRESSES = 100_000

/**
 * Counts in this process's memory, in windows of an hour that begin with an address's first request. Nothing is written
 * down and an address is dropped when its window is over.
 */
export function createAddressLimiter(options: { now: () => number; perHour: number }): AddressLimiter {
  // A window is never moved, so the map's order is the order in which windows end.
  const windows = new Map<string, { endsAt: number; n: number }>()

  function sweep(now: number) {
    for (const [network, window] of windows) {
      if (window.endsAt > now && windows.size < MAX_ADDRESSES) break
      windows.delete(network)
    }
  }

  return {
    async take(address) {
      const now = options.now()
      const network = networkOf(address)
      sweep(now)
      const known = windows.get(network)
      // The clock may have been set back, so that an old window stands behind younger ones.
      const window = known && known.endsAt > now ? known : { endsAt: now + MS_PER_HOUR, n: 0 }
      if (window.n >= options.perHour) {
        return { outcome: 'limited', retryAfterSeconds: Math.ceil((window.endsAt - now) / 1000) }
      }
      window.n++
      windows.set(network, window)
      return { outcome: 'within' }
    },
  }
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
