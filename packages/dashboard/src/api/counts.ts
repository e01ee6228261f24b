import type { Day } from '@voicemode-telemetry/protocol'

/** A range of UTC days; both ends are included. */
export interface DayRange {
  from: Day
  to: Day
}

/** One value of one field of the event, for example `livekit` of `usage.transport_usage`. */
export interface FieldValue {
  field: string
  /** Empty for a field that is a plain number. */
  value: string
}

/** How often a value was counted on one day. */
export interface Count extends FieldValue {
  day: Day
  n: number
}

/** The answer of `GET /v1/charts/daily`. A day or a value without a row was counted zero times. */
export interface DailyCounts extends DayRange {
  counts: Count[]
}

/** The answer of `GET /v1/charts/segments`: how often one value was counted in each segment. */
export interface Segments extends DayRange, FieldValue {
  segments: {
    /** The field that defines the segment, for example `environment.version`. */
    segment: string
    /** The value of that field. */
    value: string
    n: number
    /** How often any value of the counted field occurs in the segment. */
    of: number
  }[]
}

/** The URL of the daily counts. @param only what to ask for, if not all fields of all installations as JSON. */
export function dailyUrl(
  days: DayRange,
  only: { field?: string; filter?: FieldValue | undefined; format?: 'csv' } = {},
): string {
  const { filter, ...rest } = only
  const query = { ...days, ...rest, ...(filter && { filter: writeFieldValue(filter) }) }
  return `/v1/charts/daily?${new URLSearchParams(query)}`
}

/** The URL of the breakdown of a value by segments. */
export function segmentsUrl(days: DayRange, { field, value }: FieldValue, format?: 'csv'): string {
  return `/v1/charts/segments?${new URLSearchParams({ ...days, field, value, ...(format && { format }) })}`
}

/** Writes `usage.transport_usage:livekit`. */
export function writeFieldValue({ field, value }: FieldValue): string {
  return `${field}:${value}`
}
