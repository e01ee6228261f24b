import type { TelemetryEvent } from '@voicemode-telemetry/protocol'

/** How often a value of a field was counted on one day. */
export interface FieldCount {
  /** A path of the contract, as `usage.transport_usage`, or `installations`. */
  field: string
  /** A word or version; empty where the field is a plain number. */
  value: string
  n: number
}

/**
 * The counts of one day, without ids:
 *
 * - `installations`: how many there were;
 * - `environment.*`: how many of them had that value, one with two values counting for both;
 * - `usage.total_sessions`, `usage.total_operations` and each word of the maps: sums;
 * - `usage.success_rate`: how many operations succeeded, so that the rate of any number of days is that over
 *   `usage.total_operations`.
 *
 * @param events the day's events, those of one installation next to each other. Memory is bounded by the vocabularies and
 *   the versions in use, whatever the number of events.
 * @returns in no particular order; nothing for a day without events.
 */
export async function rollUp(
  events: Iterable<TelemetryEvent> | AsyncIterable<TelemetryEvent>,
): Promise<FieldCount[]> {
  const counts = new Map<string, FieldCount>()
  const count = (field: string, value: string, n: number) => {
    const key = `${field}=${value}`
    const counted = counts.get(key)
    if (counted) counted.n += n
    else counts.set(key, { field, value, n })
  }

  let installation: string | undefined
  const seen = new Set<string>()
  for await (const { telemetry_id, environment, usage } of events) {
    if (telemetry_id !== installation) {
      installation = telemetry_id
      seen.clear()
      count('installations', '', 1)
    }
    for (const [name, value] of Object.entries(environment)) {
      if (seen.has(`${name}=${value}`)) continue
      seen.add(`${name}=${value}`)
      count(`environment.${name}`, value, 1)
    }
    for (const [name, value] of Object.entries(usage)) {
      if (name === 'success_rate') {
        count('usage.success_rate', '', Math.round((Number(value) / 100) * usage.total_operations))
      } else if (typeof value === 'number') {
        count(`usage.${name}`, '', value)
      } else {
        for (const [word, n] of Object.entries(value)) count(`usage.${name}`, word, n)
      }
    }
  }
  return [...counts.values()]
}
