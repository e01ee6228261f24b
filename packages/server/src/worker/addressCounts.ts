import { DurableObject } from 'cloudflare:workers'
import { createHost } from '../createHost.ts'
import { MS_PER_HOUR } from '../host.ts'
import {
  createIpAddressLimiter,
  type IpAddressLimiter,
  type IpAddressLimits,
} from '../limits/ipAddressLimiter.ts'
import { StoreUnavailable } from '../store/store.ts'

/** Milliseconds between two alarms that keep the object in memory. Without requests it would be dropped after about a minute. */
const KEEP_ALIVE_MS = 30_000

const host = createHost()

/**
 * Counts IP addresses for all isolates: there is one of it for a Worker, and Cloudflare sends every call to it. It counts in
 * its memory and stores nothing but the time of its own alarm, which keeps it there while an hour is not over.
 */
export class AddressCounts extends DurableObject {
  #limiters = new Map<string, IpAddressLimiter>()
  #countsUntil = 0

  async take(
    ...[purpose, perHour, ipAddress, cost]: [
      ...Parameters<IpAddressLimits['limiter']>,
      ...Parameters<IpAddressLimiter['take']>,
    ]
  ) {
    const now = host.now()
    const key = `${purpose} ${perHour}`
    const limiter = this.#limiters.get(key) ?? createIpAddressLimiter(host, perHour)
    this.#limiters.set(key, limiter)
    if (now >= this.#countsUntil) await this.ctx.storage.setAlarm(now + KEEP_ALIVE_MS)
    this.#countsUntil = now + MS_PER_HOUR
    return limiter.take(ipAddress, cost)
  }

  async alarm() {
    const now = host.now()
    if (now < this.#countsUntil) await this.ctx.storage.setAlarm(now + KEEP_ALIVE_MS)
    else this.#limiters.clear()
  }
}

/** The binding by which a Worker reaches its object. */
export interface AddressCountsBinding {
  getByName(name: string): Pick<AddressCounts, 'take'>
}

/** Limiters that count in the Worker's one object. */
export function openIpAddressLimits(binding: AddressCountsBinding): Pick<IpAddressLimits, 'limiter'> {
  return {
    limiter: (purpose, perHour) => ({
      take: (ipAddress, cost) =>
        binding
          .getByName('all')
          .take(purpose, perHour, ipAddress, cost)
          .catch((error: unknown) => {
            throw new StoreUnavailable(error)
          }),
    }),
  }
}
