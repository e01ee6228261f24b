import type { Count } from '@voicemode-telemetry/protocol/wire/charts'
import type { Segment } from './segments.ts'

export type { Count }

/** How often a value of a field was counted on a day of the installations of one segment alone. */
export interface SegmentCount extends Omit<Count, 'day'> {
  segment: Segment
}

/** How often a word, or any word of a field, was counted in a segment over some days. */
export interface SegmentSum {
  segment: Segment
  n: number
  /** How often `wholeOf` its field was. */
  of: number
}
