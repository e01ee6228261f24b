import { addDays, type Day, startOfDay } from '@voicemode-telemetry/protocol'
import type { DayRange } from './address.ts'
import type { Count } from './charts.ts'

/** How many weeks the heat map shows, down and across. */
export const COHORT_WEEKS = 13

/** Of the installations that were new in one week, those active in one week. */
export interface CohortCell {
  n: number
  /** Of the cohort, 0 to 1; undefined where that is empty. */
  share: number | undefined
  /** Whether that week is over; the number of one that is not still grows. */
  isOver: boolean
}

export interface Cohort {
  /** The Monday of the week in which they were new. */
  week: Day
  /** How many were. */
  size: number
  /** By week, the one in which they were new coming first; a week that has no whole day yet has no cell. */
  cells: CohortCell[]
}

export interface Retention {
  /** Oldest first. */
  cohorts: Cohort[]
  /** By week: of all cohorts for which that week is over, the share that was active in it, and how many that is of. */
  pooled: { share: number | undefined; of: number }[]
}

/** The days to ask of the server for the heat map of a range: the weeks up to its end, however short it is. */
export function cohortDays({ to }: DayRange): DayRange {
  return { from: addDays(mondayOf(to), -7 * (COHORT_WEEKS - 1)), to }
}

/**
 * Who came back, by the week in which they were new.
 *
 * @param days those of {@link cohortDays}.
 * @param lastWhole the last day that is over.
 */
export function retentionOf(counts: readonly Count[], days: DayRange, lastWhole: Day): Retention {
  const counted = new Map(
    counts
      .filter(({ field }) => field === 'installations.cohort')
      .map(({ day, value, n }) => [`${day} ${value}`, n]),
  )
  const cohorts = Array.from({ length: COHORT_WEEKS }, (_, row) => {
    const week = addDays(days.from, 7 * row)
    const size = counted.get(`${week} 0`) ?? 0
    const weeks = Array.from({ length: COHORT_WEEKS }, (_, later) => later).filter(
      (later) => addDays(week, 7 * later) <= lastWhole,
    )
    const cells = weeks.map((later) => {
      const n = counted.get(`${week} ${later}`) ?? 0
      const isOver = addDays(week, 7 * later + 6) <= lastWhole
      return { n, share: size > 0 ? n / size : undefined, isOver }
    })
    return { week, size, cells }
  })
  const pooled = Array.from({ length: COHORT_WEEKS }, (_, later) => {
    const over = cohorts.filter(({ cells }) => cells[later]?.isOver)
    const of = over.reduce((total, { size }) => total + size, 0)
    const n = over.reduce((total, { cells }) => total + (cells[later]?.n ?? 0), 0)
    return { share: of > 0 ? n / of : undefined, of }
  })
  return { cohorts, pooled }
}

/** The Monday of a day's ISO week. */
function mondayOf(day: Day): Day {
  const daysSinceMonday = (new Date(startOfDay(day)).getUTCDay() + 6) % 7
  return addDays(day, -daysSinceMonday)
}
