import { readDecision, readTelemetryId } from './consent/record.ts'
import { createHost } from './createHost.ts'
import type { Host } from './host.ts'
import { detectEnvironment } from './settings/detectEnvironment.ts'
import type { DetectedEnvironment } from './settings/environment.ts'
import type { Caller } from './settings/state.ts'

export type { McpHost, TelemetryEvent } from '@voicemode-telemetry/protocol'
export { type Answer, askOnce } from './cli/ask.ts'
export { TelemetryClient } from './client.ts'
export { TelemetryCollector } from './collector.ts'
export type { Channel, Decision } from './consent/consent.ts'
export { noteEnvironmentNo } from './consent/environmentNo.ts'
export { grantConsent } from './consent/grant.ts'
export { describeAdded, renderFullNotice } from './consent/notice.ts'
export {
  LEAST_READING_MS,
  openQuestion,
  type Question,
  whyYesIsVoid,
} from './consent/question.ts'
export { createHost, type HostOptions } from './createHost.ts'
export type { Host } from './host.ts'
export { anonymizePath, binDuration, binSize, sanitizeVersionString } from './privacy.ts'
export {
  describeForgetting,
  describeWithdrawal,
  forgetInstallation,
  type Withdrawal,
  withdrawConsent,
} from './rights/withdraw.ts'
export { type BackgroundStart, maybeSendInBackground } from './send/background.ts'
export { noteCaller, recognizeCaller } from './send/caller.ts'
export { type SendOptions, type SendReport, sendDue } from './send/send.ts'
export type { DetectedEnvironment } from './settings/environment.ts'
export type { Caller } from './settings/state.ts'
export { notesOn, type Preview, previewDay } from './show/preview.ts'
export { readStatus, type Status } from './show/status.ts'
export { describeVoidYes, recordYes } from './view/answer.ts'
export { askOnPage, type QuestionPage } from './view/askOnPage.ts'

/** The id of this installation; undefined unless there is a yes. */
export function telemetryId(host: Host = createHost()): string | undefined {
  return readDecision(host).state === 'granted' ? readTelemetryId(host) : undefined
}

/**
 * The environment of an event, except for the fields that come from the logs.
 *
 * @param caller see {@link recognizeCaller}. Default: the assistant that the environment shows, or the one that was remembered.
 */
export function environmentInfo(host: Host = createHost(), caller?: Caller): DetectedEnvironment {
  return detectEnvironment(host, caller)
}
