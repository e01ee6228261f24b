import { encodeEvent, parseEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'

/** The event that a text encodes exactly; undefined if it is none, or holds anything else, as where a key stands twice. */
export async function exactEvent(text: string): Promise<TelemetryEvent | undefined> {
  try {
    const parsed = await parseEvent(JSON.parse(text))
    return parsed.ok && encodeEvent(parsed.event) === text ? parsed.event : undefined
  } catch {
    return undefined
  }
}
