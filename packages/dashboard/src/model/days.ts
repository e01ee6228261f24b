import { addDays, type Day, dayAt, daysBetween, daysFromTo, mondayOf } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'

/** No event is older. */
export const FIRST_DAY: Day = '2020-01-01'

/** The last UTC day that is over. Today is left out because a day is reported after it ends. */
export function lastWholeDay(nowMs: number): Day {
  return addDays(dayAt(nowMs), -1)
}

/** An event may arrive so many days after its day. */
export const MAX_LATE_DAYS = 7

/** Whether events of some of the days may still arrive. */
export function canStillGrow({ to }: DayRange, lastDay: Day): boolean {
  return daysBetween(to, addDays(lastDay, 1)) < MAX_LATE_DAYS
}

/** The range with its days that are over; if none of them is, the last day that is. */
export function wholeDays({ from, to }: DayRange, lastDay: Day): DayRange {
  return { from: earlierOf(from, lastDay), to: earlierOf(to, lastDay) }
}

/** The last week that is over, Monday to Sunday. */
export function lastWeek(lastDay: Day): DayRange {
  const monday = mondayOf(addDays(lastDay, 1))
  return { from: addDays(monday, -7), to: addDays(monday, -1) }
}

/** The last calendar month that is over. */
export function lastMonth(lastDay: Day): DayRange {
  const to = addDays(firstOfMonth(addDays(lastDay, 1)), -1)
  return { from: firstOfMonth(to), to }
}

/** The period before a range, with the same number of days. */
export function previousDays({ from, to }: DayRange): DayRange {
  const days = daysBetween(from, to) + 1
  return { from: addDays(from, -days), to: addDays(to, -days) }
}

function earlierOf(a: Day, b: Day): Day {
  return a < b ? a : b
}

function laterOf(a: Day, b: Day): Day {
  return earlierOf(a, b) === a ? b : a
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`
}

/** On how many of the days there could be counts: not before the server was set up. At least 1. */
export function countableDays({ from, to, since = from }: DayRange & { since?: Day }): number {
  return Math.max(1, daysFromTo(laterOf(from, since), to).length)
}

/** An installation counts as new on its first active day in so many days. */
const NEW_WITHIN_DAYS = 30

/** Why a young server has no number of new installations. */
export const WHY_NOT_NEW = `A server needs ${NEW_WITHIN_DAYS} days to tell who is new.`

/** The first day on which new installations can be told from others. */
export function newnessFrom(since: Day): Day {
  return addDays(since, NEW_WITHIN_DAYS - 1)
}

/** The previous period, where all of it is known; to tell who is new, the server must have been there for longer. */
export function knownPrevious<Days extends DayRange>(
  previous: Days | undefined,
  since: Day,
  needsNewness: true | undefined,
): Days | undefined {
  return previous && needsNewness && withNewness(previous, since) !== previous ? undefined : previous
}

/** The days from which on new installations can be told from others; its `from` may be after its `to`. */
export function withNewness<Days extends DayRange>(days: Days, since: Day): Days {
  const from = laterOf(days.from, newnessFrom(since))
  return from === days.from ? days : { ...days, from }
}
