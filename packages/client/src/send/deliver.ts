import { setTimeout as wait } from 'node:timers/promises'
import { readJsonAs } from '@voicemode-telemetry/protocol'
import { eventAnswerSchema } from '@voicemode-telemetry/protocol/wire/events'
import type { Host } from '../host.ts'
import { type Refusal, readProblem } from '../queue/queue.ts'

const TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 3
const BACKOFF_BASE_MS = 500
const BACKOFF_CAP_MS = 8_000
/** A longer `Retry-After` is not waited for but remembered. */
const LONGEST_WAIT_MS = 5_000
/** Nor is a longer one believed. */
export const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000
/** A server's answer is read no further than this, in characters. */
const MAX_ANSWER = 16_384

/** An event on its way: its exact bytes, and the id that the answer has to name. */
export interface Outgoing {
  body: string
  eventId: string
}

/** What became of one request. */
export type Delivery =
  | { outcome: 'sent' }
  | { outcome: 'rejected'; refusal: Refusal }
  | { outcome: 'queued'; why: string; retryAfterMs?: number }

/**
 * Sends an event's bytes, and again where that may help: after connection failures, time-outs, 408, 429 and 5xx, with
 * exponential backoff and full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), `Retry-After` obeyed.
 *
 * @returns `queued` where another try may succeed later; `rejected` where it can't.
 * @throws the signal's reason once it is aborted.
 */
export async function deliver(
  host: Host,
  url: string,
  event: Outgoing,
  signal: AbortSignal,
): Promise<Delivery> {
  for (let attempt = 1; ; attempt++) {
    const delivery = await post(host, url, event, signal)
    if (delivery.outcome !== 'queued' || attempt === MAX_ATTEMPTS) return delivery
    if ((delivery.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return delivery
    await wait(delivery.retryAfterMs ?? backoffMs(host, attempt), undefined, { signal })
  }
}

async function post(
  host: Host,
  url: string,
  { body, eventId }: Outgoing,
  signal: AbortSignal,
): Promise<Delivery> {
  let response: Response
  try {
    response = await host.fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'voicemode-telemetry' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    return judge(response, await readAnswer(response), { eventId, now: host.now() })
  } catch (error) {
    signal.throwIfAborted()
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    return {
      outcome: 'queued',
      why: timedOut ? 'the server did not answer in time' : 'the server could not be reached',
    }
  }
}

/** The beginning of an answer, whatever its length. @param max in characters. */
export async function readAnswer(response: Response, max = MAX_ANSWER): Promise<string> {
  const decoder = new TextDecoder()
  let answer = ''
  for await (const chunk of response.body ?? []) {
    answer += decoder.decode(chunk as Uint8Array, { stream: true })
    if (answer.length > max) break
  }
  return answer.slice(0, max)
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
  if (status >= 400) return { outcome: 'rejected', refusal: { status, ...readProblem(answer) } }
  // A sign-in page of a hotel's network answers 200 or 204 too, and redirects lead to it.
  if (status !== 200 || readJsonAs(eventAnswerSchema, answer)?.event_id !== eventId) {
    return { outcome: 'queued', why: 'something else than a telemetry server answered' }
  }
  return { outcome: 'sent' }
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from now, a day at most; undefined where it is neither. */
function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS)
}

function backoffMs(host: Host, attempt: number): number {
  const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1))
  const [byte = 0] = host.randomBytes(1)
  return (ceiling * byte) / 256
}
