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

/** What would be sent for a day, or was sent. */
export interface Preview {
  day: Day
  /** The exact bytes; undefined if there was neither a session nor an operation, or if not all logs can be read. */
  body: string | undefined
  /** Where these bytes already are; undefined if they were made for this preview. */
  place: Place | undefined
  /** Whether the body has the installation's id. Without a yes it has the nil UUID. */
  identified: boolean
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
    const isWhole = reading && !reading.unreadable
    const event = isWhole && (await composeEvent(reading, environment, telemetryId))
    yield {
      day,
      body: body ?? (event ? encodeEvent(event) : undefined),
      place,
      identified: identity !== undefined,
      unfinished: day >= dayAt(host.now()),
      skippedLines: reading?.skippedLines ?? 0,
      unreadable: reading?.unreadable ?? false,
      files: reading?.files ?? 0,
    }
  }
}

const PLACES = {
  queue: 'These bytes wait in the queue.',
  sent: 'These bytes were sent.',
  rejected: 'These bytes were sent, and the server refused them.',
}

/** Notes about a preview, each a sentence or two. */
export function notesOn(shown: Preview): string[] {
  const notes: string[] = []
  if (shown.unreadable)
    notes.push(
      `Some of VoiceMode's logs around ${shown.day} can't be read, so nothing is sent for that day until they can. To see which: voicemode-telemetry status`,
    )
  if (shown.body === undefined && !shown.unreadable) {
    notes.push(
      shown.files === 0
        ? `There are no VoiceMode logs around ${shown.day}. Was VoiceMode used on this machine? If its logs are in another folder, set VOICEMODE_BASE_DIR.`
        : `VoiceMode was not used on ${shown.day} (UTC), so nothing would be sent for that day.`,
    )
    if (shown.identified) notes.push('Only what happened after your yes is counted.')
  }
  if (shown.place) notes.push(PLACES[shown.place])
  if (shown.unfinished)
    notes.push(`${shown.day} is not over yet in UTC. This is the day so far. Only whole days are sent.`)
  if (!shown.identified && shown.body !== undefined) {
    notes.push(
      'Nobody has said yes on this machine, so nothing is sent. The ids in this preview are placeholders.',
    )
  }
  if (shown.skippedLines > 0) notes.push(`Log lines that could not be used: ${shown.skippedLines}.`)
  return notes
}
