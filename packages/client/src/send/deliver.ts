import { setTimeout as wait } from 'node:timers/promises'
import { readJsonAs } from '@voicemode-telemetry/protocol'
import { acknowledgementSchema } from '@voicemode-telemetry/protocol/wire/events'
import { problemType } from '@voicemode-telemetry/protocol/wire/problemKinds'
import type { Host } from '../host.ts'
import type { Refusal } from '../queue/refusal.ts'
import { backoffMs } from './backoff.ts'
import { describeClocks } from './clocks.ts'
import { networkFailureOf } from './networkFailure.ts'
import type { Permit } from './permit.ts'
import { describeStranger, readAnswer, refusalFrom } from './serverAnswer.ts'

const TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 3
const BACKOFF = { baseMs: 500, capMs: 8_000 }
/** A longer `Retry-After` is remembered for the next send instead of waited for. */
const LONGEST_WAIT_MS = 5_000
/** A longer `Retry-After` is cut to this. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000
/** Refusals of any request to that URL, which say nothing of the event. */
const OF_THE_URL = [problemType('not-found'), problemType('method-not-allowed')]
const WRONG_URL = {
  why: 'a telemetry server answered, but takes no events at that URL',
  remedy: 'Check the path in VOICEMODE_TELEMETRY_ENDPOINT',
}

type DeliveryHost = Pick<Host, 'request' | 'now' | 'randomBytes'>

/** An event to be sent: its exact bytes, and the id that the answer must name. */
export interface Outgoing {
  body: string
  eventId: string
}

/** How a delivery ended. `queued`: another try may succeed later. `rejected`: none can. `stopped`: it is no longer permitted. */
export type Delivery =
  | { outcome: 'sent' }
  | { outcome: 'rejected'; refusal: Refusal }
  | Queued
  | { outcome: 'stopped' }

/** `why` and `remedy` are sentences without their periods. */
interface Queued {
  outcome: 'queued'
  why: string
  remedy?: string
  retryAfterMs?: number
  /** The server takes others: this event waits for a clock or a newer server. */
  waitsAlone?: true
}

/**
 * Sends an event's bytes, and tries again after connection failures, time-outs, 408, 429 and 5xx, after {@link backoffMs}.
 * It obeys `Retry-After`, and asks the permit right before each attempt. It throws nothing.
 */
export async function deliver(
  host: DeliveryHost,
  { url, signal, stands }: Permit,
  event: Outgoing,
): Promise<Delivery> {
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted || !stands()) return { outcome: 'stopped' }
    const delivery = await post(host, url, event, signal)
    if (delivery.outcome !== 'queued' || delivery.waitsAlone || attempt === MAX_ATTEMPTS) return delivery
    if ((delivery.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return delivery
    const waitMs = delivery.retryAfterMs ?? backoffMs(host, attempt, BACKOFF)
    await wait(waitMs, undefined, { signal }).catch(() => {})
  }
}

async function post(
  host: DeliveryHost,
  url: string,
  { body, eventId }: Outgoing,
  signal: AbortSignal,
): Promise<Delivery> {
  let response: Response
  try {
    response = await host.request(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'voicemode-telemetry' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    return judge(response, await readAnswer(response), { eventId, now: host.now() })
  } catch (error) {
    if (signal.aborted) return { outcome: 'stopped' }
    return { outcome: 'queued', ...networkFailureOf(error) }
  }
}

function judge(
  response: Response,
  answer: string,
  { eventId, now }: { eventId: string; now: number },
): Delivery {
  const { status, headers } = response
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now)
    const why = status === 429 ? 'the server asked to wait' : `the server failed (${status})`
    return { outcome: 'queued', why, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  const refusal = refusalFrom(response, answer)
  if (refusal?.type && OF_THE_URL.includes(refusal.type)) return { outcome: 'queued', ...WRONG_URL }
  const passing = whyItMayPass(refusal?.type, headers.get('date'), now)
  if (passing) return { outcome: 'queued', waitsAlone: true, ...passing }
  if (refusal) return { outcome: 'rejected', refusal }
  // The sign-in page of a hotel's network may answer 200 or 204, and redirects may lead to it.
  const acknowledged = status === 200 ? readJsonAs(acknowledgementSchema, answer) : undefined
  if (!acknowledged || (acknowledged.event_id ?? eventId) !== eventId) {
    return { outcome: 'queued', why: describeStranger(response) }
  }
  return { outcome: 'sent' }
}

/** Why a refusal is not for good: what it depends on changes. Undefined for any other. */
function whyItMayPass(
  type: string | undefined,
  date: string | null,
  now: number,
): Pick<Queued, 'why' | 'remedy'> | undefined {
  switch (type) {
    case problemType('unknown-fields'):
      return { why: 'the server is too old for this event' }
    case problemType('ahead-of-clock'):
      return (
        describeClocks(date, now) ?? { why: "the server's clock has not reached the time of this event yet" }
      )
    case problemType('past-retention'):
      return describeClocks(date, now) ?? { why: 'the server no longer keeps events of that day' }
    default:
      return undefined
  }
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from now, a day at most; undefined where it is neither. */
function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS)
}
