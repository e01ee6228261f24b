import { rmSync } from 'node:fs'
import { type Day, dayOf, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { readTelemetryId } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { routeTo, shownProxy } from '../network/proxy.ts'
import { exactEvent } from '../queue/exactEvent.ts'
import { type EventFile, listEvents, MAX_QUEUE_AGE_DAYS, readEvent, settle } from '../queue/queue.ts'
import type { Refusal } from '../queue/refusal.ts'
import { readState, updateState } from '../settings/state.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { Permit } from './permit.ts'

/** What happened to one event. */
export type EventOutcome =
  | { eventId: string; day: Day; outcome: 'sent' }
  | { eventId: string; day: Day; outcome: 'queued'; why: string; remedy?: string; waitsAlone?: true }
  | { eventId: string; day: Day; outcome: 'rejected'; refusal: Refusal }

/** Sends queued events, oldest first, until the server can't take any. One that waits alone stops no other. */
export async function sendQueue(host: Host, permit: Permit): Promise<EventOutcome[] | 'no consent'> {
  const outcomes: EventOutcome[] = []
  for (const file of listEvents(host, 'queue')) {
    // It is deleted unsent once the clock is believed.
    if (host.now() - file.at > MAX_QUEUE_AGE_DAYS * MS_PER_DAY) continue
    const body = readEvent(file.path)
    if (body === undefined) continue
    const outcome = permit.stands() ? await sendOne(host, permit, file, body) : 'no consent'
    if (outcome === 'no consent') return outcome
    if (outcome === 'dropped') continue
    outcomes.push(outcome)
    if (outcome.outcome === 'queued' && !outcome.waitsAlone) break
  }
  const [hasSent, hasQueued] = (['sent', 'queued'] as const).map((word) =>
    outcomes.some(({ outcome }) => outcome === word),
  )
  if (hasSent && !hasQueued && readState(host).lastFailure) updateState(host, { lastFailure: undefined })
  return outcomes
}

async function sendOne(
  host: Host,
  { url, signal }: Permit,
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
  noteProxy(host, url)
  const delivery = await deliver(host, url, { body, eventId }, signal)
  switch (delivery.outcome) {
    case 'sent':
      settle(host, file, 'sent')
      return { eventId, day, outcome: 'sent' }
    case 'rejected':
      settle(host, file, 'rejected', delivery.refusal)
      return { eventId, day, ...delivery }
    case 'queued':
      return { eventId, day, ...noteFailure(host, delivery) }
    case 'stopped':
      return 'no consent'
    default:
      throw delivery satisfies never
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
  updateState(host, {
    lastFailure: { at: host.now(), ...described },
    ...(retryAfterMs !== undefined && { notBefore: host.now() + retryAfterMs }),
  })
  return { outcome, ...described, ...(waitsAlone && { waitsAlone }) }
}

/** What can't be set aside keeps nothing else waiting. */
function ifPossible(act: () => void): void {
  try {
    act()
  } catch {}
}
