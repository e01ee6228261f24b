import {
  type Day,
  dayAt,
  dayTimestamp,
  deriveEventId,
  encodeEvent,
  NIL_TELEMETRY_ID,
} from '@voicemode-telemetry/protocol'
import { readDecision, readIdentity } from '../consent/record.ts'
import { findEvent, type Place } from '../delivery/queue.ts'
import type { Host } from '../host.ts'
import { composeEvent, type DetectedEnvironment } from './compose.ts'
import { type ReadOptions, readLogs } from './readLogs.ts'

/** What would leave the machine for a day, or has left it. */
export interface Preview {
  day: Day
  /** The exact bytes; undefined for a day without a session and without an operation. */
  body: string | undefined
  /** Where these bytes already are; undefined where they were made for this preview. */
  place: Place | undefined
  /** Whether the body bears the installation's own id, or the nil UUID, since no yes was given. */
  identified: boolean
  /** Whether the day is not over yet. */
  unfinished: boolean
  skippedLines: number
  /** Log files found around the day. */
  files: number
}

/** Shows the body of a day's event, consent or not. Reads only. */
export async function previewDay(
  host: Host,
  day: Day,
  environment: DetectedEnvironment,
  onProgress?: ReadOptions['onProgress'],
): Promise<Preview> {
  const identity = readDecision(host).state === 'granted' ? readIdentity(host) : undefined
  const telemetryId = identity?.telemetryId ?? NIL_TELEMETRY_ID
  const made = identity && findEvent(host, await deriveEventId(telemetryId, dayTimestamp(day)))
  const about = { day, identified: identity !== undefined, unfinished: day >= dayAt(host.now()) }
  if (made) return { ...about, ...made, skippedLines: 0, files: 0 }
  const { tally, skippedLines, files } = await readLogs(host, [day], { since: identity?.since, onProgress })
  const event = await composeEvent(tally.ofDay(day), environment, telemetryId)
  return { ...about, body: event && encodeEvent(event), place: undefined, skippedLines, files }
}
