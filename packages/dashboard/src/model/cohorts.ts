import { addDays, type Day, mondayOf } from '@voicemode-telemetry/protocol'
import { COHORT_WEEKS, type Count, type DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { newnessFrom } from './days.ts'
import { ratio, total } from './sums.ts'

/** The server's field: the day is the Monday of the first week, the value the number of weeks since. */
export const COHORT_FIELD = 'installations.cohort'

/** The installations of one cohort that were active in one week. */
export interface CohortCell {
  /** Undefined for a week that isn't over yet. */
  n: number | undefined
  /** Share of the cohort, 0 to 1; undefined if there is no number or the cohort is empty. */
  share: number | undefined
}

/** The installations that were new in one week. */
interface Cohort {
  /** The Monday of that week. */
  week: Day
  /** Undefined if the server has no number for it. */
  size: number | undefined
  /** By week, beginning with the first; undefined if the server has no number for that week. */
  cells: (CohortCell | undefined)[]
}

export interface Retention {
  /** The Monday of the first week whose new installations can be told from others. */
  knownFrom: Day
  /** Oldest first. */
  cohorts: Cohort[]
  /** For each week, the share of all cohorts that reached it, and the number of installations in them. */
  pooled: { share: number | undefined; of: number }[]
}

/**
 * The days to request for the retention table: always {@link COHORT_WEEKS} weeks, up to the end of the range. It shows as many
 * weeks down as across.
 */
export function cohortDays({ to }: DayRange): DayRange {
  return { from: addDays(mondayOf(to), -7 * (COHORT_WEEKS - 1)), to }
}

/**
 * Which share of the installations that were new in a week was active in each later week.
 *
 * @param days those of {@link cohortDays}.
 * @param lastDay the last day that is over.
 * @param since the first day that the server can have counts of.
 */
export function retentionOf(counts: readonly Count[], days: DayRange, lastDay: Day, since: Day): Retention {
  const knownFrom = mondayOf(addDays(newnessFrom(since), 6))
  const cohortCounts = counts.filter(({ field, day }) => field === COHORT_FIELD && day >= knownFrom)
  const counted = new Map(cohortCounts.map(({ day, value, n }) => [`${day} ${value}`, n]))
  const weeks = Array.from({ length: COHORT_WEEKS }, (_, n) => n)
  const cohorts = weeks.map((row) => {
    const week = addDays(days.from, 7 * row)
    const size = counted.get(`${week} 0`)
    const cells = weeks.map((later): CohortCell | undefined => {
      const n = counted.get(`${week} ${later}`)
      if (n !== undefined) return { n, share: ratio(n, size ?? 0) }
      const monday = addDays(week, 7 * later)
      const isInProgress = monday <= lastDay && addDays(monday, 6) > lastDay
      return isInProgress ? { n, share: undefined } : undefined
    })
    return { week, size, cells }
  })
  const pooled = weeks.map((later) => {
    const reached = cohorts.filter(({ cells }) => cells[later]?.n !== undefined)
    const of = total(reached.map(({ size = 0 }) => ({ n: size })))
    return { share: ratio(total(reached.map(({ cells }) => ({ n: cells[later]?.n ?? 0 }))), of), of }
  })
  return { knownFrom, cohorts, pooled }
}
