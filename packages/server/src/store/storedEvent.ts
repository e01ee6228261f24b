import { dayOf, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { SEGMENT_FIELDS } from '@voicemode-telemetry/protocol/wire/charts'
import type { Row } from './driver.ts'

/**
 * Reads a row of events as far as counting needs it; what an event may hold was checked before it was stored.
 *
 * @param row with every column.
 * @returns undefined where its body can't be read, or is of another row.
 */
export function readStoredEvent(row: Row): TelemetryEvent | undefined {
  try {
    const event = JSON.parse(String(row.body)) as TelemetryEvent
    const { event_id, telemetry_id, timestamp, environment, usage } = event
    const isWhole =
      event_id === row.event_id &&
      telemetry_id === row.telemetry_id &&
      dayOf(timestamp) === row.day &&
      SEGMENTS.every((name) => typeof environment[name] === 'string') &&
      areAll(environment, 'string') &&
      typeof usage.total_sessions === 'number' &&
      typeof usage.total_operations === 'number' &&
      areNumbers(usage)
    return isWhole ? event : undefined
  } catch {
    return undefined
  }
}

const SEGMENTS = SEGMENT_FIELDS.map(
  (field) => field.replace('environment.', '') as keyof TelemetryEvent['environment'],
)

/** Every event that is counted passes here, so no list is made. */
function areAll(values: object, type: 'string' | 'number'): boolean {
  for (const key in values) if (typeof values[key as keyof typeof values] !== type) return false
  return true
}

function areNumbers(usage: TelemetryEvent['usage']): boolean {
  for (const key in usage) {
    const value = usage[key as keyof typeof usage]
    const isRead = typeof value === 'number' || (typeof value === 'object' && areAll(value, 'number'))
    if (!isRead) return false
  }
  return true
}
