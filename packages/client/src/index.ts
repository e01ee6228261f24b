import type { DetectedEnvironment } from './compose.ts'
import { detectEnvironment } from './detectEnvironment.ts'
import { createHost, type Host } from './host.ts'
import { readDecision, readTelemetryId } from './record.ts'

export type { TelemetryEvent } from '@voicemode-telemetry/protocol'
export { TelemetryClient } from './client.ts'
export { TelemetryCollector } from './collector.ts'
export type { DetectedEnvironment } from './compose.ts'
export type { Decision } from './consent.ts'
export { createHost, type Host, type HostOptions } from './host.ts'
export { anonymizePath, binDuration, binSize, sanitizeVersionString } from './privacy.ts'
export { type SendOptions, type SendReport, sendDue } from './send.ts'

/** The installation's id; undefined before consent, and after a no. */
export function telemetryId(host: Host = createHost()): string | undefined {
  return readDecision(host).state === 'granted' ? readTelemetryId(host) : undefined
}

/** The environment as an event tells it, but for VoiceMode's version, which the logs name. */
export function environmentInfo(host: Host = createHost()): DetectedEnvironment {
  return detectEnvironment(host)
}
