import type { Day } from '@voicemode-telemetry/protocol'
import type { DailyCounts } from '@voicemode-telemetry/protocol/wire/charts'

/** The counts of some days. */
export type Rows = Pick<DailyCounts, 'from' | 'to' | 'counts'>

/** The rows of a period, and those of the previous one if it is compared; both from {@link deriveCounts}. */
export interface Period {
  daily: Rows
  previous: Rows | undefined
}

/** Everything that the maintainers' page shows. */
export interface Numbers {
  /** All installations. */
  all: Period
  /** The installations that the filter lets through; without a filter, all. */
  shown: Period
  isFiltered: boolean
  cohorts: Rows
  /** The first day that the server can have counts of. */
  since: Day
}
