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

/** The URL of the breakdown of a value by segments; of all values of its field where it is absent. */
export function segmentsUrl(
  days: DayRange,
  { field, value }: Pick<FieldValue, 'field'> & Partial<FieldValue>,
  format?: 'csv',
): string {
  const query = { ...days, field, ...(value && { value }), ...(format && { format }) }
  return `/v1/charts/segments?${new URLSearchParams(query)}`
}
