import { addDays, type Day, daysBetween, isDay } from '@voicemode-telemetry/protocol'

/**
 * A week of ISO 8601, written `YYYY-Www`: from Monday to Sunday, in the year that has its Thursday. So the first days of
 * January may be of the year before, and the last of December of the year after. Weeks compare as strings.
 */
export type IsoWeek = string

const DAYS_PER_WEEK = 7

/** 1970-01-05 was a Monday. */
const SOME_MONDAY: Day = '1970-01-05'

/** The week a day is in. */
export function isoWeekOf(day: Day): IsoWeek {
  const thursday = addDays(mondayOf(day), 3)
  const year = thursday.slice(0, 4)
  const number = Math.floor(daysBetween(`${year}-01-01`, thursday) / DAYS_PER_WEEK) + 1
  return `${year}-W${String(number).padStart(2, '0')}`
}

/** A week's Monday and its Sunday. @throws RangeError for a text that names no week, see {@link isIsoWeek}. */
export function boundsOf(week: IsoWeek): { from: Day; to: Day } {
  const bounds = readWeek(week)
  if (!bounds) throw new RangeError('expected an ISO week, written YYYY-Www')
  return bounds
}

/** The week so many weeks later; a negative number goes back. @throws RangeError for a text that names no week. */
export function addWeeks(week: IsoWeek, weeks: number): IsoWeek {
  return isoWeekOf(addDays(boundsOf(week).from, weeks * DAYS_PER_WEEK))
}

/** Whether a text names a real week: `2026-W53` does, `2025-W53` does not. */
export function isIsoWeek(text: string): boolean {
  return readWeek(text) !== undefined
}

function readWeek(text: string): { from: Day; to: Day } | undefined {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(text) ?? []
  if (year === undefined) return undefined
  // 4 January is always in week 1: it is the latest day that the first Thursday's Monday leaves to the year before.
  const from = addDays(mondayOf(`${year}-01-04`), (Number(number) - 1) * DAYS_PER_WEEK)
  const to = addDays(from, DAYS_PER_WEEK - 1)
  return isDay(from) && isDay(to) && isoWeekOf(from) === text ? { from, to } : undefined
}

function mondayOf(day: Day): Day {
  const past = daysBetween(SOME_MONDAY, day) % DAYS_PER_WEEK
  return addDays(day, -((past + DAYS_PER_WEEK) % DAYS_PER_WEEK))
}
