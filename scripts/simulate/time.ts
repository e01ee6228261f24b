import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Random } from '../scenes/random.ts'

const realSetImmediate = setImmediate

/** Something that happens later, for a process that must still be alive then. */
interface Later {
  at: number
  order: number
  act: () => void
  owner: Mortal | undefined
}

/** Whoever's timers and requests end with it. */
export interface Mortal {
  isDead: boolean
}

/** The process whose code runs now; undefined for the world around it. */
export const running = new AsyncLocalStorage<Mortal>()

/**
 * Time that goes on only when everybody waits, and then to what comes next. What comes at nearly the same time comes in an order
 * that chance draws.
 */
export class Time {
  /** Milliseconds since 1970, by a clock that is right. */
  now: number
  readonly #random: Random
  #later: Later[] = []

  constructor(now: number, random: Random) {
    this.now = now
    this.#random = random
  }

  after(ms: number, act: () => void): () => void {
    const later = { at: this.now + ms, order: this.#random.next(), act, owner: running.getStore() }
    this.#later.push(later)
    return () => {
      this.#later = this.#later.filter((each) => each !== later)
    }
  }

  /** Lets go of what a dead process waits for: it unwinds at once, and can do nothing any more. */
  release(owner: Mortal): void {
    for (const later of this.#later) if (later.owner === owner) later.at = this.now
  }

  /** Goes on until something is done. @throws if nothing is left that could do it. */
  async until(isDone: () => boolean): Promise<void> {
    for (;;) {
      await settled()
      if (isDone()) return
      const next = this.#next()
      if (!next) throw new Error('everybody waits, and nothing will come')
      this.now = Math.max(this.now, next.at)
      next.act()
    }
  }

  /** Lets so much time pass, with whatever happens in it. */
  async pass(ms: number): Promise<void> {
    let isOver = false
    this.after(ms, () => {
      isOver = true
    })
    await this.until(() => isOver)
  }

  #next(): Later | undefined {
    const next = this.#later.toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
    if (next) this.#later = this.#later.filter((each) => each !== next)
    return next
  }
}

/** Lets everything happen that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Promise<void>((resolve) => realSetImmediate(resolve))
}

/** The time of the run that is under way, and its machine's clock. */
export interface Clocks {
  time: Time
  /** What the machine believes, in milliseconds since 1970. */
  machineNow(): number
  random: Random
}

/** What a process does when its time has come. If it dies of that, nobody hears of it. */
function actFor(owner: Mortal | undefined, act: () => void): void {
  try {
    running.run(owner as Mortal, act)
  } catch (error) {
    if (!owner?.isDead) throw error
  }
}

/** Has timers, clocks and chance of this Node process come from a simulation, so that they follow from its seed. */
export function takeTime(clocks: () => Clocks): void {
  const after = (ms: number, act: () => void) => clocks().time.after(ms, act)
  const timerOf = (cancel: () => void) => ({
    cancel,
    unref: () => timerOf(cancel),
    ref: () => timerOf(cancel),
  })
  const clear = (timer: { cancel?: () => void } | undefined) => timer?.cancel?.()
  const every = (act: () => void, ms: number) => {
    let cancel = () => {}
    const owner = running.getStore()
    const again = () => {
      cancel = after(ms, () => {
        if (owner?.isDead) return
        again()
        actFor(owner, act)
      })
    }
    again()
    return timerOf(() => cancel())
  }
  Object.assign(globalThis, {
    setTimeout: (act: () => void, ms = 0) => {
      const owner = running.getStore()
      return timerOf(after(ms, () => actFor(owner, act)))
    },
    setInterval: every,
    clearTimeout: clear,
    clearInterval: clear,
  })
  const require = createRequire(import.meta.url)
  const promised = require('node:timers/promises')
  promised.setTimeout = (ms: number, value: unknown, options: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const cancel = after(ms, () => resolve(value))
      options.signal?.addEventListener('abort', () => {
        cancel()
        reject(options.signal?.reason)
      })
      if (options.signal?.aborted) reject(options.signal.reason)
    })
  syncBuiltinESMExports()
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController()
    after(ms, () => controller.abort(new DOMException('the time is over', 'TimeoutError')))
    return controller.signal
  }
  Date.now = () => clocks().machineNow()
  performance.now = () => clocks().time.now
  // The only thing that waits without letting anybody else go on.
  Atomics.wait = (_array: unknown, _index: unknown, _value: unknown, ms = 0) => {
    clocks().time.now += ms
    return 'timed-out'
  }
  crypto.randomUUID = () => {
    const digits = Array.from({ length: 32 }, () => clocks().random.whole(0, 15).toString(16)).join('')
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as ReturnType<
      typeof crypto.randomUUID
    >
  }
  // Node's own leaves its thread at a time that no seed decides.
  crypto.subtle.digest = async (_algorithm, data) =>
    new Uint8Array(
      createHash('sha256')
        .update(new Uint8Array(data as ArrayBuffer))
        .digest(),
    ).buffer
}
