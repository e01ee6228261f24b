import type { Day } from '@voicemode-telemetry/protocol'

/** One row of the server's answer: so many, of one value of one field, on one UTC day. */
export interface Count {
  day: Day
  field: string
  /** The word counted; empty for a field that is a plain sum. */
  value: string
  n: number
}

/** The answer of `GET /v1/charts/daily`. Days and values without a row are zero. */
export interface DailyCounts {
  from: Day
  to: Day
  counts: Count[]
}
