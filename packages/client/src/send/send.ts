import {
  addDays,
  type Day,
  dayAt,
  dayOf,
  daysFromTo,
  dayTimestamp,
  deriveEventId,
  parseEvent,
} from '@voicemode-telemetry/protocol'
import type { Decision } from '../consent/consent.ts'
import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import {
  ensureIdentity,
  type Identity,
  readDecision,
  readEndpoint,
  readTelemetryId,
} from '../consent/record.ts'
import { withSenderLock } from '../files/lock.ts'
import type { Host } from '../host.ts'
import { composeEvent } from '../logs/compose.ts'
import { readDays } from '../logs/readDays.ts'
import {
  type EventFile,
  enqueue,
  findEvent,
  listEvents,
  type Refusal,
  readEvent,
  settle,
  trimHistory,
  trimQueue,
} from '../queue/queue.ts'
import type { DetectedEnvironment } from '../settings/environment.ts'
import { readState, updateState } from '../settings/state.ts'
import { isBackgroundDue } from './background.ts'
import { deliver, LONGEST_RETRY_AFTER_MS } from './deliver.ts'
import { REPORTED_DAYS, whyNotDue } from './due.ts'

/** How often a running send looks whether the person has said no. */
const WITHDRAWAL_CHECK_MS = 250

/** What became of one event. */
export type EventOutcome =
  | { eventId: string; day: Day; outcome: 'sent' }
  | { eventId: string; day: Day; outcome: 'queued'; why: string }
  | { eventId: string; day: Day; outcome: 'rejected'; refusal: Refusal }

/** Why nothing was sent at all. */
type Withheld =
  | 'no consent'
  | 'no endpoint'
  | 'another send is running'
  | 'not due'
  | 'the server asked to wait'
  | 'cannot write'

/** What became of a send. `events` is empty where nothing was due. */
export type SendReport =
  | { outcome: 'withheld'; why: Withheld; decision: Decision; detail?: string }
  | { outcome: 'done'; events: EventOutcome[]; skippedLines: number; left: number }

export interface SendOptions {
  environment: DetectedEnvironment
  /** How long to wait for another send of this machine to end, in milliseconds. Default: 0. */
  waitMs?: number
  onProgress?: (done: number, total: number) => void
}

/** Makes the events that are due, queues them and sends the queue. Without a yes it does nothing at all. */
export async function sendDue(host: Host, options: SendOptions): Promise<SendReport> {
  return whileGranted(host, options, (url, signal) => sendAll(host, options, url, signal))
}

async function sendAll(host: Host, options: SendOptions, url: string, signal: AbortSignal) {
  const identity = await ensureIdentity(host)
  const skippedLines = await queueDueEvents(host, identity, options, signal)
  return { events: await sendQueue(host, url, signal), skippedLines }
}

/** As {@link sendDue}, but at most once in 24 hours. */
export async function sendInBackground(host: Host, options: SendOptions): Promise<SendReport> {
  return whileGranted(host, options, async (url, signal) => {
    // Asked under the lock, so that of two at once only one finds it due.
    if (!isBackgroundDue(host)) throw new NotDue()
    updateState(host, { lastBackgroundAt: host.now() })
    return sendAll(host, options, url, signal)
  })
}

/** Sends what is in the queue and makes nothing new; see {@link sendDue}. */
export async function sendQueued(host: Host, options: Pick<SendOptions, 'waitMs'> = {}): Promise<SendReport> {
  return whileGranted(host, options, async (url, signal) => {
    await ensureIdentity(host)
    return { events: await sendQueue(host, url, signal), skippedLines: 0 }
  })
}

/** The days that are over and not yet reported, oldest first; none from before the yes. */
async function dueDays(host: Host, identity: Identity): Promise<Day[]> {
  const now = host.now()
  const due: Day[] = []
  for (const day of daysFromTo(addDays(dayAt(now), -REPORTED_DAYS), dayAt(now))) {
    if (whyNotDue(day, now, identity.since)) continue
    const eventId = await deriveEventId(identity.telemetryId, dayTimestamp(day))
    if (!findEvent(host, eventId)) due.push(day)
  }
  return due
}

type Sending = (url: string, signal: AbortSignal) => Promise<{ events: EventOutcome[]; skippedLines: number }>

/** Runs a send under a yes, an endpoint and the machine's lock, and stops it at once when the yes is taken back. */
async function whileGranted(
  host: Host,
  options: Pick<SendOptions, 'waitMs'>,
  send: Sending,
): Promise<SendReport> {
  noteEnvironmentNo(host)
  const withheld = (why: Withheld, detail?: string): SendReport => ({
    outcome: 'withheld',
    why,
    decision: readDecision(host),
    ...(detail !== undefined && { detail }),
  })
  if (readDecision(host).state !== 'granted') return withheld('no consent')
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return withheld('no endpoint', endpoint.expected)
  const { notBefore = 0 } = readState(host)
  // A time further ahead than any server's is believed comes from a clock that was wrong.
  if (notBefore > host.now() && notBefore - host.now() <= LONGEST_RETRY_AFTER_MS) {
    return withheld('the server asked to wait', new Date(notBefore).toISOString())
  }

  const withdrawal = new AbortController()
  const watch = setInterval(() => {
    if (readDecision(host).state !== 'granted') withdrawal.abort(new Withdrawn())
  }, WITHDRAWAL_CHECK_MS)
  const { signal } = withdrawal
  try {
    const sent = await withSenderLock(host, options.waitMs ?? 0, () => {
      // While we waited for the lock, the answer may have changed.
      if (readDecision(host).state !== 'granted') throw new Withdrawn()
      return send(endpoint.events, signal)
    })
    if (sent === 'busy') return withheld('another send is running')
    return { outcome: 'done', ...sent, left: listEvents(host, 'queue').length }
  } catch (error) {
    if (error instanceof Withdrawn || signal.reason instanceof Withdrawn) return withheld('no consent')
    if (error instanceof NotDue) return withheld('not due')
    if (isUnwritable(error)) return withheld('cannot write')
    throw error
  } finally {
    clearInterval(watch)
  }
}

class Withdrawn extends Error {
  override name = 'Withdrawn'
}

class NotDue extends Error {
  override name = 'NotDue'
}

async function queueDueEvents(
  host: Host,
  identity: Identity,
  options: SendOptions,
  signal: AbortSignal,
): Promise<number> {
  trimQueue(host)
  trimHistory(host)
  const days = await dueDays(host, identity)
  if (days.length === 0) return 0
  const { since, telemetryId } = identity
  let skippedLines = 0
  const reading = { now: host.now(), since, signal, onProgress: options.onProgress }
  for await (const day of readDays(host.directories, days, reading)) {
    skippedLines = Math.max(skippedLines, day.skippedLines)
    const event = await composeEvent(day, options.environment, telemetryId)
    // Nothing may be written once the yes is gone: the queue was deleted with it.
    if (readDecision(host).state !== 'granted') throw new Withdrawn()
    if (event) enqueue(host, event)
  }
  return skippedLines
}

/** Sends queued events, oldest first, until one has to wait. */
async function sendQueue(host: Host, url: string, signal: AbortSignal): Promise<EventOutcome[]> {
  const outcomes: EventOutcome[] = []
  for (const file of listEvents(host, 'queue')) {
    const outcome = await sendOne(host, url, file, signal)
    if (outcome) outcomes.push(outcome)
    if (outcome?.outcome === 'queued') break
  }
  return outcomes
}

async function sendOne(
  host: Host,
  url: string,
  file: EventFile,
  signal: AbortSignal,
): Promise<EventOutcome | undefined> {
  const body = readEvent(file.path)
  if (body === undefined) return undefined
  if (readDecision(host).state !== 'granted') throw new Withdrawn()
  // A file that someone changed may hold anything; only what is an event of this installation leaves.
  const event = await readOwnEvent(host, file, body)
  if (!event) {
    const refusal: Refusal = { status: 0, type: 'not-an-event-of-this-installation' }
    settle(host, file, 'rejected', refusal)
    return { eventId: file.eventId, day: '', outcome: 'rejected', refusal }
  }
  const about = { eventId: file.eventId, day: dayOf(event.timestamp) }
  const delivery = await deliver(host, url, { body, eventId: file.eventId }, signal)
  switch (delivery.outcome) {
    case 'sent':
      settle(host, file, 'sent')
      return { ...about, outcome: 'sent' }
    case 'rejected':
      settle(host, file, 'rejected', delivery.refusal)
      return { ...about, outcome: 'rejected', refusal: delivery.refusal }
    case 'queued':
      if (delivery.retryAfterMs !== undefined)
        updateState(host, { notBefore: host.now() + delivery.retryAfterMs })
      return { ...about, outcome: 'queued', why: delivery.why }
    default:
      delivery satisfies never
      throw new TypeError('a delivery has one of three outcomes')
  }
}

async function readOwnEvent(host: Host, file: EventFile, body: string) {
  try {
    const parsed = await parseEvent(JSON.parse(body))
    const isOwn =
      parsed.ok &&
      parsed.event.event_id === file.eventId &&
      parsed.event.telemetry_id === readTelemetryId(host)
    return isOwn ? parsed.event : undefined
  } catch {
    return undefined
  }
}

/** Whether an error is the file system's: the home directory is read-only, full, of another user, or not a directory. */
function isUnwritable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^E[A-Z0-9]+$/.test(code)
}
