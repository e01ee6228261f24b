import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Decision } from '../consent/consent.ts'
import { describeAdded } from '../consent/notice.ts'
import { readDecision, readEndpoint, readReceipt, readTelemetryId } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { dayIn, listEvents, type Refusal, readRefusal } from '../queue/queue.ts'
import { writesEventLogs } from '../settings/settingsFiles.ts'
import { readState } from '../settings/state.ts'
import { explainDecision } from './reason.ts'

/** Everything about telemetry on this machine. Times are written as ISO 8601 in UTC. */
export interface Status {
  state: Decision['state']
  /** Which rule decided. */
  decided_by: Decision['decidedBy']
  /** The same in words, such as `you said no (in voicemode.env)`. */
  reason: string
  /** How a person can change it; null if only `disable` would. */
  remedy: string | null
  /** What was added to the notice since the yes, in words. Empty unless that paused sending. */
  added_to_notice: string[]
  answered_at: string | null
  answered_by: string | null
  telemetry_id: string | null
  /** Where events go; null if `endpoint_problem` says why there is no such place. */
  endpoint: string | null
  endpoint_problem: string | null
  /** Whether VoiceMode writes the logs from which failures are counted. */
  event_logs: boolean
  queued: number
  /** Why the last event that was tried still waits, and what a person can do about it, if anything. */
  last_failure: { at: string; why: string; remedy: string | null } | null
  last_sent: { day: Day; on: Day } | null
  /** The next day that is reported, and the earliest time for it; null while nothing is sent. */
  next_report: { day: Day; after: string } | null
  last_refused: { day: Day; reason: Refusal | null } | null
}

/** Reads the status. It writes nothing. */
export function readStatus(host: Host): Status {
  const decision = readDecision(host)
  const endpoint = readEndpoint(host)
  const receipt = readReceipt(host)
  const lastSent = listEvents(host, 'sent').at(-1)
  const lastRefused = listEvents(host, 'rejected').at(-1)
  const isOn = decision.state === 'granted'
  const today = dayAt(host.now())
  return {
    state: decision.state,
    decided_by: decision.decidedBy,
    ...explainDecision(decision, readState(host).environmentNo),
    added_to_notice: describeAdded(decision.added),
    answered_at: receipt?.decided_at ?? null,
    answered_by: receipt?.channel ?? null,
    telemetry_id: isOn ? (readTelemetryId(host) ?? null) : null,
    endpoint: endpoint.ok ? endpoint.events : null,
    endpoint_problem: endpoint.ok ? null : endpoint.expected,
    event_logs: writesEventLogs(host),
    queued: listEvents(host, 'queue').length,
    last_failure: readLastFailure(host),
    last_sent: lastSent ? { day: dayIn(lastSent), on: dayAt(lastSent.at) } : null,
    next_report: isOn && endpoint.ok ? { day: today, after: `${addDays(today, 1)}T00:05:00Z` } : null,
    last_refused: lastRefused ? { day: dayIn(lastRefused), reason: readRefusal(lastRefused) ?? null } : null,
  }
}

function readLastFailure(host: Host): Status['last_failure'] {
  const { lastFailure } = readState(host)
  if (!lastFailure || listEvents(host, 'queue').length === 0) return null
  const { at, why, remedy = null } = lastFailure
  return { at: new Date(at).toISOString(), why, remedy }
}
