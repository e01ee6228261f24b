import { type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { exactEvent } from './exactEvent.ts'
import { dayIn, type EventFile, listEvents, type Place, readEvent, readRefusal } from './queue.ts'
import type { Refusal } from './refusal.ts'

/** An event in the queue or the history, byte for byte. */
export interface HistoryEntry<Outcome extends string = Place> {
  day: Day
  event_id: string
  outcome: Outcome
  /** The day on which it was queued, sent or refused. */
  on: Day
  bytes: number
  /** Empty if somebody has changed the file, so that it is no event. */
  body: string
  /** Why the server refused it. */
  reason?: Refusal
}

/** The events in some places, the oldest day first. From each place it takes the newest {@link MAX_ENTRIES}. */
export async function readHistory<Outcome extends Place>(
  host: Host,
  places: readonly Outcome[],
): Promise<HistoryEntry<Outcome>[]> {
  const entries = places.flatMap((place) =>
    listEvents(host, place)
      .slice(-MAX_ENTRIES)
      .map((file) => entryOf(file, place)),
  )
  return (await Promise.all(entries)).sort((a, b) => (a.day < b.day ? -1 : 1))
}

/** Far more than there are: an installation makes one event a day and keeps it for 90 days at most. */
const MAX_ENTRIES = 500

async function entryOf<Outcome extends Place>(
  file: EventFile,
  outcome: Outcome,
): Promise<HistoryEntry<Outcome>> {
  const body = readEvent(file.path) ?? ''
  const reason = outcome === 'rejected' ? readRefusal(file) : undefined
  return {
    day: dayIn(file),
    event_id: file.eventId,
    outcome,
    on: dayAt(file.at),
    bytes: file.bytes,
    body: (await exactEvent(body)) ? body : '',
    ...(reason && { reason }),
  }
}
