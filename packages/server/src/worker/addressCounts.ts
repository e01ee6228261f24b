import { DurableObject } from 'cloudflare:workers'
import { createHost } from '../createHost.ts'
import { MS_PER_HOUR } from '../host.ts'
import { type AddressLimiter, type AddressLimits, createAddressLimiter } from '../limits/addressLimiter.ts'
import { StoreUnavailable } from '../store/store.ts'

/** Milliseconds between two alarms that keep the object in memory. Without requests it would be dropped after about a minute. */
const KEEP_ALIVE_MS = 30_000

const host = createHost()

/**
 * Counts addresses for all isolates: there is one of it for a Worker, and Cloudflare sends every call to it. It counts in
 * its memory and stores nothing but the time of its own alarm, which keeps it there while an hour is not over.
 */
export class AddressCounts extends DurableObject {
  #limiters = new Map<string, AddressLimiter>()
  #countsUntil = 0

  async take(
    ...[purpose, perHour, address, cost]: [
      ...Parameters<AddressLimits['limiter']>,
      ...Parameters<AddressLimiter['take']>,
    ]
  ) {
    const now = host.now()
    const key = `${purpose} ${perHour}`
    const limiter = this.#limiters.get(key) ?? createAddressLimiter(host, perHour)
    this.#limiters.set(key, limiter)
    if (now >= this.#countsUntil) await this.ctx.storage.setAlarm(now + KEEP_ALIVE_MS)
    this.#countsUntil = now + MS_PER_HOUR
    return limiter.take(address, cost)
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
export function openAddressLimits(binding: AddressCountsBinding): Pick<AddressLimits, 'limiter'> {
  return {
    limiter: (purpose, perHour) => ({
      take: (address, cost) =>
        binding
          .getByName('all')
          .take(purpose, perHour, address, cost)
          .catch((error: unknown) => {
            throw new StoreUnavailable(error)
          }),
    }),
  }
}
