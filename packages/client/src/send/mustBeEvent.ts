import { parseEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'

/** Reads what a program hands over as an event. @throws TypeError with the fields that are wrong. */
export async function mustBeEvent(value: unknown): Promise<TelemetryEvent> {
  const parsed = await parseEvent(value)
  if (parsed.ok) return parsed.event
  throw new TypeError(`not an event: ${parsed.problems.map(({ field }) => field).join(', ')}`)
}
