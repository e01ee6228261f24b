import { encodeEvent, inconsistencies, readJsonAs, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { deleteAnswerSchema, exportAnswerSchema } from '@voicemode-telemetry/protocol/wire/rights'
import { readEndpoint, readSecret, readTelemetryId } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { listEvents, readEvent } from '../queue/queue.ts'

const TIMEOUT_MS = 15_000

/** Why the server could not be asked, or did not do it. */
export type RightsFailure = { outcome: 'failed'; why: string }

/** What the server holds of this installation, beside what the history says was sent. */
export interface Export {
  outcome: 'done'
  events: TelemetryEvent[]
  /** Empty where server and history agree to the byte. */
  differences: Difference[]
  /** History files of an earlier id, of which this one can't ask. */
  underEarlierIds: number
}

interface Difference {
  event_id: string
  difference: 'only on the server' | 'only in the history' | 'not the same bytes'
}

/** Has the server delete everything it holds of this installation. The secret proves that it may ask. */
export async function forgetAtServer(host: Host): Promise<{ outcome: 'done' } | RightsFailure> {
  const answer = await ask(host, 'delete')
  if ('failed' in answer) return { outcome: 'failed', why: answer.failed }
  if (readJsonAs(deleteAnswerSchema, answer.text)) return { outcome: 'done' }
  return { outcome: 'failed', why: 'something else than a telemetry server answered' }
}

/** Asks the server for everything it holds of this installation, and compares it with the history. */
export async function exportFromServer(host: Host): Promise<Export | RightsFailure> {
  const answer = await ask(host, 'export')
  if ('failed' in answer) return { outcome: 'failed', why: answer.failed }
  const held = readJsonAs(exportAnswerSchema, answer.text)
  const found = await Promise.all((held?.events ?? []).map(inconsistencies))
  if (!held || found.flat().length > 0) {
    return { outcome: 'failed', why: 'the server answered something else than events' }
  }
  return { outcome: 'done', events: held.events, ...compare(host, held.events) }
}

function compare(host: Host, events: TelemetryEvent[]): Pick<Export, 'differences' | 'underEarlierIds'> {
  const atServer = new Map(events.map((event) => [event.event_id, encodeEvent(event)]))
  const differences: Difference[] = []
  let underEarlierIds = 0
  for (const file of listEvents(host, 'sent')) {
    const body = readEvent(file.path) ?? ''
    const held = atServer.get(file.eventId)
    atServer.delete(file.eventId)
    if (held === body) continue
    if (held !== undefined) differences.push({ event_id: file.eventId, difference: 'not the same bytes' })
    else if (isOfEarlierId(host, body)) underEarlierIds += 1
    else differences.push({ event_id: file.eventId, difference: 'only in the history' })
  }
  for (const event_id of atServer.keys()) differences.push({ event_id, difference: 'only on the server' })
  return { differences, underEarlierIds }
}

function isOfEarlierId(host: Host, body: string): boolean {
  try {
    return (JSON.parse(body) as { telemetry_id?: unknown }).telemetry_id !== readTelemetryId(host)
  } catch {
    return false
  }
}

async function ask(host: Host, right: 'export' | 'delete'): Promise<{ text: string } | { failed: string }> {
  const secret = readSecret(host)
  if (!secret) return { failed: 'this machine has no secret, so there is nothing to ask for' }
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return { failed: endpoint.expected }
  try {
    const response = await host.fetch(`${endpoint.base}/v1/rights/${right}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'voicemode-telemetry' },
      body: JSON.stringify({ secret: Buffer.from(secret).toString('base64url') }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status === 429) return { failed: 'the server asked to wait; try again later' }
    if (response.status !== 200) return { failed: `the server did not do it (${response.status})` }
    return { text: await response.text() }
  } catch {
    return { failed: 'the server could not be reached' }
  }
}
