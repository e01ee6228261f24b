import {
  type Day,
  dayAt,
  dayTimestamp,
  deriveEventId,
  encodeEvent,
  NIL_TELEMETRY_ID,
} from '@voicemode-telemetry/protocol'
import { readDecision, readIdentity } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { composeEvent } from '../logs/compose.ts'
import { readDays } from '../logs/readDays.ts'
import { exactEvent } from '../queue/exactEvent.ts'
import { findEvent, type Place } from '../queue/queue.ts'
import type { DetectedEnvironment } from '../settings/environment.ts'

/** What would be sent for a day, or was sent. */
export interface Preview {
  day: Day
  /** The exact bytes; undefined if there was neither a session nor an operation, or if not all logs can be read. */
  body: string | undefined
  /** Where these bytes already are; undefined if they were made for this preview. */
  place: Place | undefined
  /** When the yes was given, or the id replaced after it, in milliseconds since 1970. Without a yes undefined, and the id is the nil UUID. */
  since: number | undefined
  /** Whether the day is not over yet. */
  unfinished: boolean
  skippedLines: number
  /** Whether logs around the day can't be read. It is not reported before they can. */
  unreadable: boolean
  /** Log files found around the day. */
  files: number
}

/** The event of a day, with or without consent. It writes nothing. */
export async function previewDay(host: Host, day: Day, environment: DetectedEnvironment): Promise<Preview> {
  for await (const shown of previewDays(host, [day], environment)) return shown
  throw new TypeError('every day has a preview')
}

/** As {@link previewDay}, for several days, oldest first. It reads the logs once. */
export async function* previewDays(
  host: Host,
  days: readonly Day[],
  environment: DetectedEnvironment,
): AsyncGenerator<Preview> {
  const identity = readDecision(host).state === 'granted' ? readIdentity(host) : undefined
  const telemetryId = identity?.telemetryId ?? NIL_TELEMETRY_ID
  const made = new Map<Day, { place: Place; body: string | undefined }>()
  for (const day of identity ? days : []) {
    const found = findEvent(host, deriveEventId(telemetryId, dayTimestamp(day)))
    if (found) made.set(day, { ...found, body: (await exactEvent(found.body)) ? found.body : undefined })
  }
  const options = { now: host.now(), since: identity?.since }
  const unmade = days.filter((day) => !made.has(day))
  const readings = readDays(host.directories, unmade, options)
  for (const day of days) {
    const { body, place } = made.get(day) ?? {}
    const reading = place === undefined ? (await readings.next()).value : undefined
    const isWhole = reading && !reading.unreadable
    const event = isWhole && (await composeEvent(reading, environment, telemetryId))
    yield {
      day,
      body: body ?? (event ? encodeEvent(event) : undefined),
      place,
      since: identity?.since,
      unfinished: day >= dayAt(host.now()),
      skippedLines: reading?.skippedLines ?? 0,
      unreadable: reading?.unreadable ?? false,
      files: reading?.files ?? 0,
    }
  }
}
