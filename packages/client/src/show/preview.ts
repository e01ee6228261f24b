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
import { type ReadOptions, readDays } from '../logs/readDays.ts'
import { findEvent, type Place } from '../queue/queue.ts'
import type { DetectedEnvironment } from '../settings/environment.ts'

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
export async function previewDay(host: Host, day: Day, environment: DetectedEnvironment): Promise<Preview> {
  for await (const shown of previewDays(host, [day], environment)) return shown
  throw new TypeError('every day has a preview')
}

/** As {@link previewDay} for some days, oldest first, with one reading of the logs. */
export async function* previewDays(
  host: Host,
  days: readonly Day[],
  environment: DetectedEnvironment,
  onProgress?: ReadOptions['onProgress'],
): AsyncGenerator<Preview> {
  const identity = readDecision(host).state === 'granted' ? readIdentity(host) : undefined
  const telemetryId = identity?.telemetryId ?? NIL_TELEMETRY_ID
  const made = new Map<Day, { place: Place; body: string }>()
  for (const day of identity ? days : []) {
    const found = findEvent(host, await deriveEventId(telemetryId, dayTimestamp(day)))
    if (found) made.set(day, found)
  }
  const options = { now: host.now(), since: identity?.since, onProgress }
  const unmade = days.filter((day) => !made.has(day))
  const readings = readDays(host.directories, unmade, options)
  for (const day of days) {
    const { body, place } = made.get(day) ?? {}
    const reading = body === undefined ? (await readings.next()).value : undefined
    const event = reading && (await composeEvent(reading, environment, telemetryId))
    yield {
      day,
      body: body ?? (event && encodeEvent(event)),
      place,
      identified: identity !== undefined,
      unfinished: day >= dayAt(host.now()),
      skippedLines: reading?.skippedLines ?? 0,
      files: reading?.files ?? 0,
    }
  }
}

const PLACES = {
  queue: 'These bytes are in the queue and wait to be sent.',
  sent: 'These bytes were sent.',
  rejected: 'These bytes were sent, and the server refused them.',
}

/** What to know about a preview besides its bytes, a sentence each. */
export function notesOn(shown: Preview): string[] {
  const notes: string[] = []
  if (shown.body === undefined) {
    notes.push(
      shown.files === 0
        ? `There are no VoiceMode logs around ${shown.day}. Has it been used on this machine? VOICEMODE_BASE_DIR names another folder.`
        : `No session and no operation on ${shown.day} (UTC): no event would be sent for it.`,
    )
    if (shown.identified) notes.push('Only what came after your yes is counted.')
  }
  if (shown.place) notes.push(PLACES[shown.place])
  if (shown.unfinished)
    notes.push(`${shown.day} is not over in UTC: this is the day so far; only whole days are sent.`)
  if (!shown.identified && shown.body !== undefined) {
    notes.push(
      'Nobody has said yes on this machine, so the ids are those of the nil UUID, and nothing is sent.',
    )
  }
  if (shown.skippedLines > 0)
    notes.push(`Log lines that could not be used and were skipped: ${shown.skippedLines}.`)
  return notes
}
