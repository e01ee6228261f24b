import {
  dayTimestamp,
  deriveEventId,
  type Environment,
  FIELDS,
  type TelemetryEvent,
  type Usage,
} from '@voicemode-telemetry/protocol'
import type { DetectedEnvironment, LoggedField } from '../settings/environment.ts'
import type { DayRecord } from './day.ts'
import { ENVIRONMENT, USAGE } from './fields.ts'

/**
 * The event of a day.
 *
 * @returns undefined for a day without a session and without an operation, of which there is nothing to say.
 */
export async function composeEvent(
  day: DayRecord,
  machine: DetectedEnvironment,
  telemetryId: string,
): Promise<TelemetryEvent | undefined> {
  if (day.sessions.length === 0 && day.operations.length === 0) return undefined
  const timestamp = dayTimestamp(day.day)
  return {
    event_id: deriveEventId(telemetryId, timestamp),
    telemetry_id: telemetryId,
    timestamp,
    environment: extract('environment', (field) =>
      isLogged(field) ? ENVIRONMENT[field](day, machine) : machine[field],
    ),
    usage: composeUsage(day),
  }
}

/** The counts of a day. On a day without use they are zero or empty. */
export function composeUsage(day: DayRecord): Usage {
  return extract('usage', (field) => USAGE[field](day))
}

function isLogged(field: keyof Environment): field is LoggedField {
  return field in ENVIRONMENT
}

/** A group of the event's fields, in the order of the contract. */
function extract<Group extends 'environment' | 'usage'>(
  group: Group,
  count: (field: keyof TelemetryEvent[Group]) => unknown,
): TelemetryEvent[Group] {
  const entries = FIELDS.flatMap(({ path }) => {
    const [of, field] = path.split('.')
    const value = of === group ? count(field as keyof TelemetryEvent[Group]) : undefined
    return value === undefined ? [] : [[field, value]]
  })
  return Object.fromEntries(entries)
}
