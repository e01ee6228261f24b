import { addDays, type Day, dayAt, daysBetween } from '@voicemode-telemetry/protocol'
import { type DayRange, MAX_CHART_DAYS } from '@voicemode-telemetry/protocol/wire/charts'

/** No event is older. */
export const FIRST_DAY: Day = '2020-01-01'

/** The last UTC day that is over. Today is left out because a day is reported after it ends. */
export function lastWholeDay(nowMs: number): Day {
  return addDays(dayAt(nowMs), -1)
}

/** The range with its days that are over; if none of them is, the last day that is. */
export function wholeDays({ from, to }: DayRange, lastDay: Day): DayRange {
  return { from: earlierOf(from, lastDay), to: earlierOf(to, lastDay) }
}

/** The range between two days, in either order, cut to its last {@link MAX_CHART_DAYS} days. */
export function rangeBetween(a: Day, b: Day): DayRange {
  const to = laterOf(a, b)
  return { from: laterOf(earlierOf(a, b), addDays(to, 1 - MAX_CHART_DAYS)), to }
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
