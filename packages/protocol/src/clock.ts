import { type Day, dayAt, daysBetween, MS_PER_DAY } from './day.ts'

/** How many days later than the newest day that is known a clock may be and is believed at once. */
export const MAX_LEAP_DAYS = 3
/** How many days a clock that has leapt must go on before it is believed. */
export const HOLD_DAYS = 2
/** A clock that is looked at less often than about once a day is not seen to go on, and the wait begins anew. */
const MAX_PAUSE_MS = 1.1 * MS_PER_DAY

/** What speaks for a clock and against it. Times are in milliseconds since 1970. */
export interface ClockReading {
  /** What the clock says: on a database that servers share its own, else the machine's. */
  now: number
  /** The newest day that anything before speaks of, as a last job, an event or a report; undefined if nothing does. */
  newestKnown: Day | undefined
  /** Since when the clock is doubted, and when that was last seen; undefined if it was not at the last look. */
  doubt: Doubt | undefined
}

interface Doubt {
  since: number
  seenAt: number
}

/** Whether what can't be undone may be done on a clock's word, with the time by which it is done, or the doubt to remember. */
export type ClockVerdict =
  | { outcome: 'believed'; now: number }
  | { outcome: 'doubted'; now: number; newestKnown: Day; doubt: Doubt }

/**
 * Nothing that can't be undone is done on the word of one clock: deleting, publishing and moving milestones all ask here, on the server and on a
 * client.
 *
 * A clock is believed up to {@link MAX_LEAP_DAYS} after the newest day that is known, for machines are switched
 * off over a weekend. One that has leapt further may be a machine that started before its clock was set. It is believed
 * when it has gone on for {@link HOLD_DAYS}; a server also takes a person's word, which it remembers as a job.
 */
export function judgeClock({ now, newestKnown, doubt }: ClockReading): ClockVerdict {
  if (newestKnown === undefined || daysBetween(newestKnown, dayAt(now)) <= MAX_LEAP_DAYS) {
    return { outcome: 'believed', now }
  }
  const goesOn = doubt !== undefined && now >= doubt.seenAt && now - doubt.seenAt <= MAX_PAUSE_MS
  const since = goesOn ? doubt.since : now
  if (now - since >= HOLD_DAYS * MS_PER_DAY) return { outcome: 'believed', now }
  return { outcome: 'doubted', now, newestKnown, doubt: { since, seenAt: now } }
}

/**
 * Whether a time in one of a client's files lies ahead of the clock by more than a day. Nothing that is stored is due later than that, so
 * either it was written by a clock that was wrong, or the clock is wrong now. Times are in milliseconds since 1970.
 */
export function isAhead(stored: number, now: number): boolean {
  return stored - now > MS_PER_DAY
}

/** A time in one of a client's files. One that {@link isAhead} counts as now. */
export function storedTime(stored: number, now: number): number {
  return isAhead(stored, now) ? now : stored
}
