import type { Host } from '../host.ts'
import { meantWords } from '../settings/meantWords.ts'
import { readState } from '../settings/state.ts'
import { CONSENT_SETTING } from './consent.ts'
import { readAnswerTexts, readReceiptText, readRecipient } from './record.ts'

/** A question that a person is being asked. */
export interface Question {
  /** By {@link Host.elapsedMs}: a clock that is set meanwhile neither voids a yes nor lets it count. */
  shownAtMs: number
  /** What was recorded at that time, to notice a later answer. */
  record: string
  /** The host name of the server that the question names; undefined if none is set. */
  recipient: string | undefined
}

/** Why a yes does not count. `answered meanwhile`: something was recorded since the question was shown. */
export type VoidYes = 'too fast' | 'answered meanwhile'

/** Nobody reads the notice faster. An assistant that answers by itself, or a hook, takes milliseconds. */
export const LEAST_READING_MS = 3_000

/** To be called when a question is shown. It writes nothing. */
export function openQuestion(host: Host): Question {
  return { shownAtMs: host.elapsedMs(), record: recordNow(host), recipient: readRecipient(host) }
}

/**
 * Why a yes to a question does not count; undefined if it counts. A no always counts.
 *
 * @param leastMs how long a person needs at least, if a machine could answer instead. Default: 0.
 */
export function whyYesIsVoid(host: Host, question: Question, leastMs = 0): VoidYes | undefined {
  if (host.elapsedMs() - question.shownAtMs < leastMs) return 'too fast'
  return recordNow(host) === question.record ? undefined : 'answered meanwhile'
}

function recordNow(host: Host): string {
  const words = readAnswerTexts(host).userFiles.flatMap((text) =>
    meantWords(text, CONSENT_SETTING).map(({ word }) => word),
  )
  return JSON.stringify([readReceiptText(host), words, readState(host).environmentNo])
}
