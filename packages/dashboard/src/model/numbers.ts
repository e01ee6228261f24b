import type { DailyCounts } from '@voicemode-telemetry/protocol/wire/charts'

/** The rows of a period, and those of the previous one if it is compared; both from {@link deriveCounts}. */
export interface Period {
  daily: DailyCounts
  previous: DailyCounts | undefined
}

/** Everything that the maintainers' page shows. */
export interface Numbers {
  /** All installations. */
  all: Period
  /** The installations that the filter lets through; without a filter, all. */
  shown: Period
  isFiltered: boolean
  cohorts: DailyCounts
}
