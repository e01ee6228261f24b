import { addDays, type Day, startOfDay } from '@voicemode-telemetry/protocol'
import type { Count } from '../api/dailyCounts.ts'
import type { DayRange } from './address.ts'

/** How many weeks the heat map shows, down and across. */
export const COHORT_WEEKS = 13

/** Of the installations that were new in one week, those active in one week. */
export interface CohortCell {
  /** Undefined for a week that is not over, which is told when it is. */
  n: number | undefined
  /** Of the cohort, 0 to 1; undefined without a number, and where the cohort is empty. */
  share: number | undefined
}

interface Cohort {
  /** The Monday of the week in which they were new. */
  week: Day
  /** How many were; undefined where that is not told. */
  size: number | undefined
  /** By week, the one in which they were new coming first; undefined where there is nothing to tell. */
  cells: (CohortCell | undefined)[]
}

export interface Retention {
  /** Oldest first. */
  cohorts: Cohort[]
  /** By week: of all cohorts of which that week is told, the share that was active in it, and how many that is of. */
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
  const weeks = Array.from({ length: COHORT_WEEKS }, (_, n) => n)
  const cohorts = weeks.map((row) => {
    const week = addDays(days.from, 7 * row)
    const size = counted.get(`${week} 0`)
    const cells = weeks.map((later): CohortCell | undefined => {
      const n = counted.get(`${week} ${later}`)
      if (n !== undefined) return { n, share: size ? n / size : undefined }
      const isUnderWay = addDays(week, 7 * later) <= lastWhole && addDays(week, 7 * later + 6) > lastWhole
      return isUnderWay ? { n, share: undefined } : undefined
    })
    return { week, size, cells }
  })
  const pooled = weeks.map((later) => {
    const told = cohorts.filter(({ cells }) => cells[later]?.n !== undefined)
    const of = told.reduce((total, { size = 0 }) => total + size, 0)
    const n = told.reduce((total, { cells }) => total + (cells[later]?.n ?? 0), 0)
    return { share: of > 0 ? n / of : undefined, of }
  })
  return { cohorts, pooled }
}

/** The Monday of a day's ISO week. */
function mondayOf(day: Day): Day {
  const daysSinceMonday = (new Date(startOfDay(day)).getUTCDay() + 6) % 7
  return addDays(day, -daysSinceMonday)
}
