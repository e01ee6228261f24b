import {
  addDays,
  type Day,
  dayAt,
  daysFromTo,
  dayTimestamp,
  deriveEventId,
} from '@voicemode-telemetry/protocol'
import type { Identity } from '../consent/record.ts'
import { ensureIdentity } from '../consent/writeRecord.ts'
import type { Host } from '../host.ts'
import { composeEvent } from '../logs/compose.ts'
import { readDays } from '../logs/readDays.ts'
import {
  enqueue,
  findEvent,
  listEvents,
  MAX_QUEUE_AGE_DAYS,
  restampFiles,
  trimHistory,
  trimQueue,
} from '../queue/queue.ts'
import type { DetectedEnvironment } from '../settings/environment.ts'
import { readState, updateState } from '../settings/state.ts'
import { drawTimeOfDayMs, isBackgroundDue } from './background.ts'
import { REPORTED_DAYS, whyNotDue } from './due.ts'
import { checkClock, noteClock } from './ownClock.ts'
import { type Permit, type Withheld, type WithheldReason, whilePermitted } from './permit.ts'
import { type EventOutcome, sendQueue } from './sendQueue.ts'

/** What a send did. */
export type SendReport = Withheld | Sent

interface Sent {
  outcome: 'done'
  /** Empty if nothing was due. */
  events: EventOutcome[]
  skippedLines: number
  /** Whether logs of the days that were due could not be read. These days are not reported yet. */
  unreadable: boolean
  /** Events that still wait in the queue. */
  left: number
}

export interface SendOptions {
  environment: DetectedEnvironment
  /** How long to wait for another send of this machine to end, in milliseconds. Default: 0. */
  waitMs?: number
  onProgress?: (done: number, total: number) => void
}

/** Makes the events that are due, queues them and sends the queue. Without a yes it does nothing at all. */
export function sendDue(host: Host, options: SendOptions): Promise<SendReport> {
  return whilePermitted(host, options.waitMs ?? 0, (permit) => sendAll(host, options, permit))
}

/** As {@link sendDue}, but only if {@link isBackgroundDue}. */
export function sendInBackground(host: Host, options: SendOptions): Promise<SendReport> {
  return whilePermitted(host, options.waitMs ?? 0, async (permit) => {
    // Checked under the lock, so that of two sends at once only one finds it due.
    if (!isBackgroundDue(host)) return 'not due'
    const { timeOfDayMs = drawTimeOfDayMs(host) } = readState(host)
    updateState(host, { lastBackgroundAt: host.now(), timeOfDayMs })
    return sendAll(host, options, permit)
  })
}

/** Sends what is in the queue and makes no new event; see {@link sendDue}. */
export function sendQueued(host: Host): Promise<SendReport> {
  return whilePermitted(host, 0, async (permit) => {
    if (!(await ensureIdentity(host))) return 'no consent'
    return reportOf(host, await sendQueue(host, permit))
  })
}

async function sendAll(host: Host, options: SendOptions, permit: Permit): Promise<Sent | WithheldReason> {
  const identity = await ensureIdentity(host)
  if (!identity) return 'no consent'
  const read = await queueDueEvents(host, identity, options, permit)
  if (read === 'no consent') return read
  return reportOf(host, await sendQueue(host, permit), read)
}

type Read = Pick<Sent, 'skippedLines' | 'unreadable'>

const NOTHING_READ: Read = { skippedLines: 0, unreadable: false }

function reportOf(
  host: Host,
  events: EventOutcome[] | 'no consent',
  read = NOTHING_READ,
): Sent | 'no consent' {
  if (events === 'no consent') return events
  return { outcome: 'done', events, ...read, left: listEvents(host, 'queue').length }
}

/** Makes and queues the events that are due. @returns what of the logs could not be used. */
async function queueDueEvents(
  host: Host,
  { since, telemetryId }: Identity,
  { environment, onProgress }: SendOptions,
  { signal, stands }: Permit,
): Promise<Read | 'no consent'> {
  const clock = checkClock(host)
  noteClock(host, clock)
  // What is old, or lies ahead, by a clock that may be wrong is neither deleted nor written down again.
  const isBelieved = clock.outcome === 'believed'
  if (isBelieved) {
    restampFiles(host)
    trimHistory(host)
  }
  trimQueue(host, isBelieved ? MAX_QUEUE_AGE_DAYS : Number.POSITIVE_INFINITY)
  const days = await dueDays(host, { since, telemetryId })
  if (days.length === 0) return NOTHING_READ
  const read = { ...NOTHING_READ }
  try {
    for await (const day of readDays(host.directories, days, {
      now: host.now(),
      since,
      signal,
      onProgress,
    })) {
      read.skippedLines = Math.max(read.skippedLines, day.skippedLines)
      read.unreadable ||= day.unreadable
      // A day that was counted too low would never be corrected. It waits until its logs can be read, while it is due.
      const event = day.unreadable ? undefined : await composeEvent(day, environment, telemetryId)
      // The queue is deleted with the yes, so nothing may be written to it after that.
      if (!stands()) return 'no consent'
      if (event) enqueue(host, event)
    }
  } catch (error) {
    if (signal.aborted) return 'no consent'
    throw error
  }
  return read
}

/** The days that are over and not yet reported, oldest first; none from before the yes. */
async function dueDays(host: Host, { since, telemetryId }: Identity): Promise<Day[]> {
  const now = host.now()
  const due: Day[] = []
  for (const day of daysFromTo(addDays(dayAt(now), -REPORTED_DAYS), dayAt(now))) {
    if (whyNotDue(day, now, since)) continue
    const eventId = deriveEventId(telemetryId, dayTimestamp(day))
    if (!findEvent(host, eventId)) due.push(day)
  }
  return due
}
