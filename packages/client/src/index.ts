import { readDecision, readTelemetryId } from './consent/record.ts'
import type { DetectedEnvironment } from './count/compose.ts'
import { detectEnvironment } from './count/detectEnvironment.ts'
import { createHost, type Host } from './host.ts'

export type { TelemetryEvent } from '@voicemode-telemetry/protocol'
export { TelemetryClient } from './client.ts'
export { TelemetryCollector } from './collector.ts'
export type { Decision } from './consent/consent.ts'
export type { DetectedEnvironment } from './count/compose.ts'
export { type SendOptions, type SendReport, sendDue } from './delivery/send.ts'
export { createHost, type Host, type HostOptions } from './host.ts'
export { anonymizePath, binDuration, binSize, sanitizeVersionString } from './privacy.ts'

/** The installation's id; undefined before consent, and after a no. */
export function telemetryId(host: Host = createHost()): string | undefined {
  return readDecision(host).state === 'granted' ? readTelemetryId(host) : undefined
}

/** The environment as an event tells it, but for VoiceMode's version, which the logs name. */
export function environmentInfo(host: Host = createHost()): DetectedEnvironment {
  return detectEnvironment(host)
}
