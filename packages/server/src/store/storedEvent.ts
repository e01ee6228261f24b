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
      areStrings(environment) &&
      typeof usage.total_sessions === 'number' &&
      typeof usage.total_operations === 'number' &&
      Object.values(usage).every((value) => typeof value === 'number' || areNumbers(value))
    return isWhole ? event : undefined
  } catch {
    return undefined
  }
}

const SEGMENTS = SEGMENT_FIELDS.map(
  (field) => field.replace('environment.', '') as keyof TelemetryEvent['environment'],
)

function areStrings(group: object): boolean {
  return Object.values(group).every((value) => typeof value === 'string')
}

function areNumbers(map: object): boolean {
  return Object.values(map).every((value) => typeof value === 'number')
}
