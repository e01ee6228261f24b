import { readDecision, readTelemetryId } from './consent/record.ts'
import { createHost } from './createHost.ts'
import type { Host } from './host.ts'
import { detectEnvironment } from './settings/detectEnvironment.ts'
import type { DetectedEnvironment } from './settings/environment.ts'
import type { Caller } from './settings/state.ts'

export type { McpHost, TelemetryEvent } from '@voicemode-telemetry/protocol'
export type { Answer } from './cli/ask.ts'
export { TelemetryClient } from './client.ts'
export { TelemetryCollector } from './collector.ts'
export { type Channel, type Decision, NO_WORDS } from './consent/consent.ts'
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
  describeForgetInstallation,
  describeWithdrawal,
  forgetInstallation,
  type Withdrawal,
  withdrawConsent,
} from './rights/withdraw.ts'
export { type BackgroundStart, maybeSendInBackground } from './send/background.ts'
export { noteCaller, recognizeCaller } from './send/caller.ts'
export type { SendOptions, SendReport } from './send/send.ts'
export type { DetectedEnvironment } from './settings/environment.ts'
export type { Caller } from './settings/state.ts'
export type { Preview } from './show/preview.ts'
export { notesOn } from './show/previewNotes.ts'
export { readStatus, type Status } from './show/status.ts'
export { describeVoidYes, recordYes } from './view/answer.ts'
export type { QuestionPage } from './view/askOnPage.ts'

/*
 * A program that embeds this module pays at its start for all that is imported above, so what reads logs, sends, asks or serves a page
 * is loaded when it is first called.
 */
export const askOnce = whenCalled(async () => (await import('./cli/ask.ts')).askOnce)
export const askOnPage = whenCalled(async () => (await import('./view/askOnPage.ts')).askOnPage)
export const previewDay = whenCalled(async () => (await import('./show/preview.ts')).previewDay)
export const sendDue = whenCalled(async () => (await import('./send/send.ts')).sendDue)

function whenCalled<Wanted extends (...args: never[]) => Promise<unknown>>(load: () => Promise<Wanted>) {
  return (async (...args) => (await load())(...args)) as Wanted
}

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
