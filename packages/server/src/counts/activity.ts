import { addDays, type Day, dayAt, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { COHORT_WEEKS } from '@voicemode-telemetry/protocol/wire/charts'
import type { Count } from './counts.ts'

/**
 * How far a count of activity looks back, its own day included. So it can be made while the events of so many days are
 * there, and comes out the same whenever it is made.
 */
const LOOK_BACK_DAYS = 30
/** How late an event may come: for so many days it waits in its client's queue. */
const LATE_DAYS = 7
/** Under a shorter retention activity is not counted: it would be fixed before all events are there. */
export const MIN_ACTIVITY_RETENTION_DAYS = LOOK_BACK_DAYS + LATE_DAYS
const DAYS_PER_WEEK = 7

/**
 * The first day whose activity can still be counted, after days were forgotten; whatever is counted of earlier ones stays as
 * it is. The empty text, which is before every day, where none was.
 */
export function firstCountableDay(lastForgotten: Day | undefined): Day {
  return lastForgotten === undefined ? '' : addDays(lastForgotten, LOOK_BACK_DAYS)
}

/**
 * Counts installations over more than one day, which the counts of single days cannot be added up to:
 *
 * - `installations.last_7_days`, `installations.last_30_days`: how many were active on at least one of the days that end
 *   with this one;
 * - `installations.new`: how many were active on this day and on none of the 29 before. One that comes back after a longer
 *   pause is new again: for longer than that nobody remembers it;
 * - `installations.cohort`, on a Monday, its value a number of weeks from 0 to 12, as far as the retention reaches: with 90
 *   days to 8 once days were forgotten: of those that were new in this week, how many were active so many weeks later. Only
 *   weeks that are over are told, up to the last day with events, a zero like any other number. A week without a row is
 *   still to come, or was when the cohort could no longer be counted.
 *
 * @param installations the days on which each one was active, in any order, also more than once. A text that is no day is passed over.
 *   Memory is bounded by the number of days, whatever the number of installations.
 * @param lastForgotten the last day whose events are gone, see {@link firstCountableDay}.
 * @returns in no particular order; but for cohorts, no row where the number is 0.
 */
export async function countActivity(
  installations: Iterable<readonly Day[]> | AsyncIterable<readonly Day[]>,
  lastForgotten: Day | undefined,
): Promise<Count[]> {
  const numberOf = createNumbers()
  const [week, month] = [createWindow(7), createWindow(30)]
  const fresh = new Map<number, number>()
  const cohorts = new Map<number, number[]>()
  let last = Number.NEGATIVE_INFINITY

  for await (const days of installations) {
    const active = [...new Set(days)]
      .map(numberOf)
      .filter((day) => !Number.isNaN(day))
      .sort((a, b) => a - b)
    last = Math.max(last, active.at(-1) ?? last)
    week.add(active)
    month.add(active)
    const weeks = [...new Set(active.map(weekOf))]
    for (const [place, day] of active.entries()) {
      if (day - (active[place - 1] ?? Number.NEGATIVE_INFINITY) < LOOK_BACK_DAYS) continue
      fresh.set(day, (fresh.get(day) ?? 0) + 1)
      const first = weekOf(day)
      const cohort = cohorts.get(first) ?? new Array<number>(COHORT_WEEKS).fill(0)
      cohorts.set(first, cohort)
      for (const later of weeks) {
        const k = later - first
        if (k >= 0 && k < COHORT_WEEKS) cohort[k] = (cohort[k] ?? 0) + 1
      }
    }
  }

  const lastWeek = weekOf(last + 1) - 1
  const of = (field: string, counts: Iterable<[number, number]>) =>
    Array.from(counts, ([day, n]) => ({ day: dayAt(day * MS_PER_DAY), field, value: '', n }))
  const counts = [
    ...of('installations.last_7_days', week.countsUntil(last)),
    ...of('installations.last_30_days', month.countsUntil(last)),
    ...of('installations.new', fresh),
    ...Array.from(cohorts).flatMap(([first, cohort]) =>
      cohort.slice(0, lastWeek - first + 1).map((n, k) => ({
        day: dayAt(mondayOf(first) * MS_PER_DAY),
        field: 'installations.cohort',
        value: String(k),
        n,
      })),
    ),
  ]
  const from = firstCountableDay(lastForgotten)
  return counts.filter(({ day }) => day >= from)
}

/** Counts on each day the installations that were active within so many days, as the differences from day to day. */
function createWindow(lengthDays: number) {
  const differences = new Map<number, number>()
  const change = (day: number, by: number) => differences.set(day, (differences.get(day) ?? 0) + by)
  return {
    /** @param active one installation's days in ascending order. */
    add(active: readonly number[]) {
      for (const [place, day] of active.entries()) {
        const before = active[place - 1]
        if (before === undefined || day - before > lengthDays) change(day, 1)
        const next = active[place + 1]
        if (next === undefined || next - day > lengthDays) change(day + lengthDays, -1)
      }
    },
    countsUntil(last: number): [number, number][] {
      const counts: [number, number][] = []
      const first = Math.min(...differences.keys())
      for (let day = first, n = 0; day <= last; day++) {
        n += differences.get(day) ?? 0
        if (n > 0) counts.push([day, n])
      }
      return counts
    },
  }
}

/** Makes numbers of days, from 1970-01-01 on. Few days come up, and each many times. */
function createNumbers(): (day: Day) => number {
  const known = new Map<Day, number>()
  return (day) => {
    const number = known.get(day) ?? startOfDay(day) / MS_PER_DAY
    known.set(day, number)
    return number
  }
}

/** Weeks as numbers; 1970-01-05, day 4, was a Monday. */
function weekOf(day: number): number {
  return Math.floor((day - 4) / DAYS_PER_WEEK)
}

function mondayOf(week: number): number {
  return week * DAYS_PER_WEEK + 4
}
