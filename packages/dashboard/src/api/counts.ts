import { type DayRange, type FieldValue, writeFieldValue } from '@voicemode-telemetry/protocol/wire/charts'

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
