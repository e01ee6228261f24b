import type { Day } from '@voicemode-telemetry/protocol'
import type { DailyCounts, Segments } from '@voicemode-telemetry/protocol/wire/charts'

/** The counts of some days. `since`, where it is there, is the first day that can have any. */
export type Rows = Pick<DailyCounts, 'from' | 'to' | 'counts'> & Partial<Pick<DailyCounts, 'since'>>

/** The rows of a period, both from {@link deriveCounts}. */
export interface Period {
  daily: Rows
  /** As many days before; undefined where the server was not there yet on all of them. */
  previous: Rows | undefined
}

/** Other numbers that charts draw beside their own. */
export interface Compared {
  /** As `previous period` or `8.11`. */
  label: string
  /** Whether these are the numbers of the previous period, not of a version. */
  isPrevious: boolean
  /** As many days as are shown. */
  rows: Rows
}

/** The segments of all failed calls, as in {@link Period}. */
export interface Failures {
  now: Segments
  previous: Segments | undefined
}

/** Everything that the maintainers' page shows. */
export interface Numbers {
  /** All installations. */
  all: Period
  /** The installations that the filter lets through; without a filter, all. */
  shown: Period
  isFiltered: boolean
  /** Undefined where nothing is compared, or the server was not there yet. */
  compared: Compared | undefined
  failures: Failures
  cohorts: Rows
  /** The first day that the server can have counts of. */
  since: Day
}
