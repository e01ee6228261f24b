import type { Micros } from './clock.ts'

/** Somebody who does something, yields how long it takes, and goes on. */
export type Actor = Generator<Micros, void>

/** Plays actors at the same time, each in its turn by the clock. */
export class Stage {
  now: Micros
  #waiting: { at: Micros; actor: Actor }[] = []

  constructor(now: Micros) {
    this.now = now
  }

  enter(actor: Actor, at: Micros = this.now): void {
    this.#waiting.push({ at, actor })
  }

  /** Plays until nobody has anything more to do, or up to an instant: what comes later has then not happened yet. */
  playUntil(end: Micros): void {
    for (;;) {
      const next = this.#waiting.reduce<{ at: Micros; actor: Actor } | undefined>(
        (earliest, one) => (!earliest || one.at < earliest.at ? one : earliest),
        undefined,
      )
      if (!next || next.at > end) return
      this.now = next.at
      const { done, value } = next.actor.next()
      if (done) this.#waiting.splice(this.#waiting.indexOf(next), 1)
      else next.at += Math.round(value)
    }
  }
}
