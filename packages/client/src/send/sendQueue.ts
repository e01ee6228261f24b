import { rmSync } from 'node:fs'
import { type Day, dayOf, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { readTelemetryId } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { routeTo, shownProxy } from '../network/proxy.ts'
import { exactEvent } from '../queue/exactEvent.ts'
import { type EventFile, listEvents, MAX_QUEUE_AGE_DAYS, readEvent, settle } from '../queue/queue.ts'
import type { Refusal } from '../queue/refusal.ts'
import { readState, updateState } from '../settings/state.ts'
import { backoffMs } from './backoff.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { Permit } from './permit.ts'

/** Between background sends that leave events waiting: up to 10 minutes after the first, and never more than 6 hours. */
const BACKOFF = { baseMs: 10 * 60_000, capMs: 6 * 60 * 60_000 }

/** What happened to one event. */
export type EventOutcome =
  | { eventId: string; day: Day; outcome: 'sent' }
  | { eventId: string; day: Day; outcome: 'queued'; why: string; remedy?: string; waitsAlone?: true }
  | { eventId: string; day: Day; outcome: 'rejected'; refusal: Refusal }

/** Sends queued events, oldest first, until the server can't take any. One that waits alone stops no other. */
export async function sendQueue(host: Host, permit: Permit): Promise<EventOutcome[] | 'no consent'> {
  const outcomes: EventOutcome[] = []
  const files = listEvents(host, 'queue')
  if (files.length === 0) return outcomes
  // Before the first attempt, since this process may end before the server answers.
  planRetry(host)
  for (const file of files) {
    // It is deleted unsent once the clock is believed.
    if (host.now() - file.at > MAX_QUEUE_AGE_DAYS * MS_PER_DAY) continue
    const body = readEvent(file.path)
    if (body === undefined) continue
    const outcome = await sendOne(host, permit, file, body)
    if (outcome === 'no consent') return outcome
    if (outcome === 'dropped') continue
    outcomes.push(outcome)
    if (outcome.outcome === 'queued' && !outcome.waitsAlone) break
  }
  const [hasSent, hasQueued] = (['sent', 'queued'] as const).map((word) =>
    outcomes.some(({ outcome }) => outcome === word),
  )
  const last = outcomes.at(-1)
  if (last?.outcome !== 'queued' || last.waitsAlone) {
    const isWhole = hasSent && !hasQueued
    updateState(host, {
      retryAt: undefined,
      failedSends: undefined,
      ...(isWhole && { lastFailure: undefined }),
    })
  }
  return outcomes
}

/** Remembers when the background may try the queue again, if this send gets no answer, or one that names no time. */
function planRetry(host: Host): void {
  const failedSends = (readState(host).failedSends ?? 0) + 1
  updateState(host, { failedSends, retryAt: host.now() + backoffMs(host, failedSends, BACKOFF) })
}

async function sendOne(
  host: Host,
  permit: Permit,
  file: EventFile,
  body: string,
): Promise<EventOutcome | 'no consent' | 'dropped'> {
  const { eventId } = file
  // Somebody may have changed the file, so it may hold anything. Only an event of this installation leaves the machine.
  const event = await exactEvent(body)
  if (event?.event_id === eventId && event.telemetry_id !== readTelemetryId(host)) {
    // It is sent by the machine from which this queue was copied.
    ifPossible(() => rmSync(file.path, { force: true }))
    return 'dropped'
  }
  if (event?.event_id !== eventId) {
    const refusal: Refusal = { status: 0, type: 'not-an-event-of-this-installation' }
    ifPossible(() => settle(host, file, 'rejected', refusal))
    return { eventId, day: '', outcome: 'rejected', refusal }
  }
  const day = dayOf(event.timestamp)
  noteProxy(host, permit.url)
  const delivery = await deliver(host, permit, { body, eventId })
  switch (delivery.outcome) {
    case 'sent':
    case 'rejected':
      return { eventId, day, ...settleIfPossible(host, file, delivery) }
    case 'queued':
      return { eventId, day, ...noteFailure(host, delivery) }
    case 'stopped':
      return 'no consent'
    default:
      throw delivery satisfies never
  }
}

/** An event whose file can't be moved stays in the queue and keeps no other waiting. Sent again, it counts once. */
function settleIfPossible(
  host: Host,
  file: EventFile,
  delivery: Extract<Delivery, { outcome: 'sent' | 'rejected' }>,
) {
  const { outcome } = delivery
  try {
    settle(host, file, outcome, outcome === 'rejected' ? delivery.refusal : undefined)
    return delivery
  } catch {
    const why = `the server has answered, but the event's file can't be moved to logs/telemetry/${outcome}`
    return noteFailure(host, { outcome: 'queued', why, waitsAlone: true })
  }
}

/** Remembers the proxy, for `status`: where an assistant starts a send, the person's variables may be missing. */
function noteProxy(host: Host, url: string): void {
  const lastProxy = shownProxy(routeTo(host.env, url)) ?? null
  if (readState(host).lastProxy !== lastProxy) updateState(host, { lastProxy })
}

/** Remembers why an event waits, for `status`. @returns the same. */
function noteFailure(host: Host, delivery: Extract<Delivery, { outcome: 'queued' }>) {
  const { outcome, retryAfterMs, waitsAlone, ...described } = delivery
  const notBefore = host.now() + (retryAfterMs ?? 0)
  updateState(host, {
    lastFailure: { at: host.now(), ...described },
    ...(retryAfterMs !== undefined && { notBefore, retryAt: notBefore }),
  })
  return { outcome, ...described, ...(waitsAlone && { waitsAlone }) }
}

/** What can't be set aside keeps nothing else waiting. */
function ifPossible(act: () => void): void {
  try {
    act()
  } catch {}
}
