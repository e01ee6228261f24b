import {
  type Day,
  deriveTelemetryId,
  EVENT_RETENTION_DAYS,
  encodeEvent,
  inconsistencies,
  readJsonAs,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { deleteAnswerSchema, exportAnswerSchema } from '@voicemode-telemetry/protocol/wire/rights'
import { isCopy, readEndpoint, readSecret, readTelemetryId } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { dayIn, listEvents, readEvent } from '../queue/queue.ts'
import { type FailureKind, failureKindOf, networkFailureOf } from '../send/networkFailure.ts'
import { describeStranger, readAnswer, refusalFrom } from '../send/serverAnswer.ts'

const TIMEOUT_MS = 15_000
/** What may happen to a request that the server has. */
const UNANSWERED: readonly FailureKind[] = ['timed out', 'connection failed']
/** How much of an answer is read, in characters. An export has up to 24 events a day, for 98 days, of less than 3,000 each. */
const MAX_ANSWER = 8 * 1024 * 1024

/**
 * `failed`: the server could not be asked, or did not do it. `unknown`: it was asked, and no answer says whether it did. `no secret`:
 * there is nothing to ask it with. `why` is a sentence or two without the last period.
 */
export type RightsFailure = { outcome: 'failed' | 'unknown' | 'no secret'; why: string }

const NO_SECRET: RightsFailure = {
  outcome: 'no secret',
  why: `this machine has no id and no secret now, and without its secret nobody can ask for an id's events. If you have not had the events of an earlier id deleted already, the server deletes each ${EVENT_RETENTION_DAYS} days after its day`,
}

/** The events that the server holds about this installation, compared with the history. */
export interface Export {
  outcome: 'done'
  events: TelemetryEvent[]
  /** Empty if server and history agree to the byte, but for what the server no longer keeps. */
  differences: Difference[]
  /** Events in the history of days before {@link Export.keptSince}, which the server no longer has. */
  forgottenAsPromised: number
  /** The first day of which the server keeps events; undefined if it did not say. */
  keptSince: Day | undefined
  /** Events in the history that were sent under an earlier id. They can't be asked for. */
  underEarlierIds: number
}

interface Difference {
  event_id: string
  difference: 'only on the server' | 'only in the history' | 'not the same bytes'
}

/** The server named the id whose events it has deleted. */
export interface Deletion {
  outcome: 'done'
  telemetry_id: string
}

/**
 * Has the server delete everything it holds about this installation. The secret proves that this is allowed. It is asked once more if
 * its answer does not come through, for to delete twice is to delete once.
 */
export async function forgetAtServer(host: Host): Promise<Deletion | RightsFailure> {
  const first = await askToDelete(host)
  if (first.outcome !== 'unknown') return first
  const second = await askToDelete(host)
  // What became of the first request is not known by a refusal of the second.
  return second.outcome === 'done' ? second : first
}

async function askToDelete(host: Host): Promise<Deletion | RightsFailure> {
  const answer = await ask(host, 'delete')
  if ('outcome' in answer) return answer
  const deleted = readJsonAs(deleteAnswerSchema, answer.text)?.telemetry_id
  if (deleted === (await deriveTelemetryId(answer.secret))) return { outcome: 'done', telemetry_id: deleted }
  return unknown('what answered did not say that it deleted the events of this installation')
}

/** Gets everything that the server holds about this installation, and compares it with the history. */
export async function exportFromServer(host: Host): Promise<Export | RightsFailure> {
  const answer = await ask(host, 'export')
  if ('outcome' in answer) return answer
  const held = readJsonAs(exportAnswerSchema, answer.text)
  const found = await Promise.all((held?.events ?? []).map((event) => inconsistencies(event)))
  if (!held || found.flat().length > 0) return failed('what answered is not what a telemetry server holds')
  return { outcome: 'done', events: held.events, ...compare(host, held.events, held.kept_since) }
}

function compare(
  host: Host,
  events: TelemetryEvent[],
  keptSince: Day | undefined,
): Omit<Export, 'outcome' | 'events'> {
  const atServer = new Map(events.map((event) => [event.event_id, encodeEvent(event)]))
  const differences: Difference[] = []
  let underEarlierIds = 0
  let forgottenAsPromised = 0
  for (const file of listEvents(host, 'sent')) {
    const body = readEvent(file.path) ?? ''
    const held = atServer.get(file.eventId)
    atServer.delete(file.eventId)
    if (held === body) continue
    if (held !== undefined) differences.push({ event_id: file.eventId, difference: 'not the same bytes' })
    else if (isOfEarlierId(host, body)) underEarlierIds += 1
    else if (keptSince !== undefined && dayIn(file) < keptSince) forgottenAsPromised += 1
    else differences.push({ event_id: file.eventId, difference: 'only in the history' })
  }
  for (const event_id of atServer.keys()) differences.push({ event_id, difference: 'only on the server' })
  return { differences, underEarlierIds, forgottenAsPromised, keptSince }
}

/** How many events were sent under the present id, as far as the history goes back. */
export function countSent(host: Host): number {
  return listEvents(host, 'sent').filter(({ path }) => !isOfEarlierId(host, readEvent(path) ?? '')).length
}

function isOfEarlierId(host: Host, body: string): boolean {
  try {
    return (JSON.parse(body) as { telemetry_id?: unknown }).telemetry_id !== readTelemetryId(host)
  } catch {
    return false
  }
}

interface Answer {
  text: string
  /** What it was asked with. */
  secret: Uint8Array
}

async function ask(host: Host, right: 'export' | 'delete'): Promise<Answer | RightsFailure> {
  const secret = readSecret(host)
  if (isCopy(host))
    return failed("the secret here is a copy of another machine's or folder's, and only there it counts")
  if (!secret) return NO_SECRET
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return failed(endpoint.expected)
  try {
    const response = await host.request(`${endpoint.base}/v1/rights/${right}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'voicemode-telemetry' },
      body: JSON.stringify({ secret: Buffer.from(secret).toString('base64url') }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { status } = response
    const text = await readAnswer(response, MAX_ANSWER)
    if (status === 200) return { text, secret }
    const why = refusalFrom(response, text) ? whyRefused(status) : describeStranger(response)
    // What stands between may have passed the request on, and a database that fails may have done it.
    return status >= 500 ? unknown(why) : failed(why)
  } catch (error) {
    const { why, remedy } = networkFailureOf(error)
    const outcome = UNANSWERED.includes(failureKindOf(error)) ? unknown : failed
    return outcome(`${why}. ${remedy}`)
  }
}

function whyRefused(status: number): string {
  if (status === 429) return 'the server asked to wait; try again later'
  return status >= 500 ? `the server failed (${status})` : `the server did not do it (${status})`
}

function failed(why: string): RightsFailure {
  return { outcome: 'failed', why }
}

function unknown(why: string): RightsFailure {
  return { outcome: 'unknown', why }
}
