import { isAhead } from '@voicemode-telemetry/protocol'
import type { Receipt } from './consent.ts'

/** Since when an answer counts, in milliseconds since 1970. @param receipt see {@link withoutTimesAhead}. */
export function sinceOf(
  { decided_at, id_since = decided_at, ahead_of_clock = [] }: Receipt,
  now: number,
): number {
  const reached = ahead_of_clock.map(Date.parse).filter((at) => at <= now)
  return Math.max(...[decided_at, id_since].map(Date.parse), ...reached)
}

/**
 * A receipt whose times that lie ahead count as now. What they said is kept: if it was right and the clock was wrong, it counts again once
 * the clock is right, so that nothing from before the yes is reported.
 *
 * @returns the same object if no time lies ahead.
 */
export function withoutTimesAhead(receipt: Receipt, now: number): Receipt {
  const { decided_at, id_since, ahead_of_clock = [] } = receipt
  const liesAhead = (time = '') => isAhead(Date.parse(time), now)
  const ahead = [decided_at, id_since].filter((time) => time !== undefined).filter(liesAhead)
  if (ahead.length === 0) return receipt
  const present = new Date(now).toISOString()
  return {
    ...receipt,
    ...(liesAhead(decided_at) && { decided_at: present }),
    ...(liesAhead(id_since) && { id_since: present }),
    ahead_of_clock: [...ahead_of_clock, ...ahead],
  }
}
