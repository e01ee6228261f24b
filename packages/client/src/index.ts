import { readDecision, readTelemetryId } from './consent/record.ts'
import type { DetectedEnvironment } from './count/compose.ts'
import { detectEnvironment } from './count/detectEnvironment.ts'
import { createHost, type Host } from './host.ts'

export type { ExecSource, McpHost, TelemetryEvent } from '@voicemode-telemetry/protocol'
export { TelemetryClient } from './client.ts'
export { TelemetryCollector } from './collector.ts'
export { type Answer, askOnce } from './consent/ask.ts'
export type { Channel, Decision } from './consent/consent.ts'
export { grantConsent } from './consent/grant.ts'
export { describeAdded, renderFullNotice, renderNotice } from './consent/notice.ts'
export {
  describeForgetting,
  describeWithdrawal,
  forgetInstallation,
  type Withdrawal,
  withdrawConsent,
} from './consent/withdraw.ts'
export type { DetectedEnvironment } from './count/compose.ts'
export { notesOn, type Preview, previewDay } from './count/preview.ts'
export { type BackgroundStart, maybeSendInBackground } from './delivery/background.ts'
export { noteCaller } from './delivery/caller.ts'
export { type SendOptions, type SendReport, sendDue } from './delivery/send.ts'
export type { Caller } from './delivery/state.ts'
export { createHost, type Host, type HostOptions } from './host.ts'
export { anonymizePath, binDuration, binSize, sanitizeVersionString } from './privacy.ts'
export { LAYERS, readStatus, type Status } from './status.ts'

/** The installation's id; undefined before consent, and after a no. */
export function telemetryId(host: Host = createHost()): string | undefined {
  return readDecision(host).state === 'granted' ? readTelemetryId(host) : undefined
}

/** The environment as an event tells it, but for VoiceMode's version, which the logs name. */
export function environmentInfo(host: Host = createHost()): DetectedEnvironment {
  return detectEnvironment(host)
}
