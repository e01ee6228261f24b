import {
  dayAt,
  dayTimestamp,
  deriveEventId,
  deriveTelemetryId,
  encodeEvent,
  SECRET_BYTES,
} from '@voicemode-telemetry/protocol'
import { readDecision, readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { VERSION } from '../version.ts'
import { deliver, type Outgoing } from './deliver.ts'

/** What became of a test event. `why` and `remedy` are sentences without their periods. */
export type TestReport =
  | { outcome: 'arrived'; endpoint: string }
  | { outcome: 'failed'; why: string; remedy?: string }
  | { outcome: 'withheld'; why: 'no consent' | 'no endpoint'; detail?: string }

/**
 * Sends a test event by the way of every event, so that whoever runs a server sees that events get through. It needs no yes, since it
 * contains fixed words and nothing of this machine or its person. It is neither queued nor kept. Under a no it isn't sent.
 */
export async function sendTestEvent(host: Host): Promise<TestReport> {
  const stands = () => readDecision(host).state !== 'denied'
  if (!stands()) return { outcome: 'withheld', why: 'no consent' }
  const endpoint = readEndpoint(host)
  if (!endpoint.ok) return { outcome: 'withheld', why: 'no endpoint', detail: endpoint.expected }
  const event = await composeTestEvent(host.now())
  const { signal } = new AbortController()
  const delivery = await deliver(host, { url: `${endpoint.events}/test`, signal, stands }, event)
  switch (delivery.outcome) {
    case 'sent':
      return { outcome: 'arrived', endpoint: endpoint.base }
    case 'rejected':
      return { outcome: 'failed', ...describeRefusal(delivery.refusal.status) }
    case 'queued': {
      const { why, remedy } = delivery
      return { outcome: 'failed', why, ...(remedy !== undefined && { remedy }) }
    }
    case 'stopped':
      return { outcome: 'withheld', why: 'no consent' }
    default:
      throw delivery satisfies never
  }
}

/** An event whose id is everybody's and whose counts are none: all that differs is the day, and this program's version. */
async function composeTestEvent(nowMs: number): Promise<Outgoing> {
  const telemetry_id = await deriveTelemetryId(new Uint8Array(SECRET_BYTES))
  const timestamp = dayTimestamp(dayAt(nowMs))
  const event_id = deriveEventId(telemetry_id, timestamp)
  const none = {}
  const body = encodeEvent({
    event_id,
    telemetry_id,
    timestamp,
    environment: {
      os_type: 'other',
      install_method: 'unknown',
      mcp_host: 'other',
      exec_source: 'cli',
      version: VERSION,
    },
    usage: {
      total_sessions: 0,
      duration_distribution: none,
      exchanges_per_session: none,
      transport_usage: none,
      tts_provider_usage: none,
      stt_provider_usage: none,
      total_operations: 0,
      failed_steps: none,
      error_types: none,
    },
  })
  return { body, eventId: event_id }
}

function describeRefusal(status: number): { why: string; remedy: string } {
  return {
    why: `the server refused it (${status})`,
    remedy:
      status === 404 || status === 405
        ? 'Check VOICEMODE_TELEMETRY_ENDPOINT. An older server takes no test events'
        : "Check this machine's clock, and that the server is as new as this program",
  }
}
