import type { Day } from '@voicemode-telemetry/protocol'
import type { Segment } from './segments.ts'

/** How often a value of a field was counted on one day. */
interface FieldCount {
  /** A path of the contract, as `usage.transport_usage`, or `installations`. */
  field: string
  /** A word or version; empty where the field is a plain number. */
  value: string
  n: number
}

/** The same of the installations of one segment alone. */
export interface SegmentCount extends FieldCount {
  segment: Segment
}

/** One number of a day: how often `value` of `field` was counted. */
export interface Count extends FieldCount {
  day: Day
}

/** How often a word was counted in a segment over some days. */
export interface SegmentSum {
  segment: Segment
  n: number
  /** How often any word of its field was. */
  of: number
}
