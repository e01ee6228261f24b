import type { Host } from '../host.ts'
import { meantWords } from '../settings/meantWords.ts'
import { readState } from '../settings/state.ts'
import { CONSENT_SETTING } from './consent.ts'
import { readAnswerTexts, readReceiptText } from './record.ts'

/** A question that is shown to a person. */
export interface Question {
  shownAtMs: number
  /** What was on record then. */
  record: string
}

/** Nobody reads the notice in less; an assistant that answers for itself, or a hook, takes some milliseconds. */
export const LEAST_READING_MS = 3_000

/** To be called when a question is shown. Reads only. */
export function openQuestion(host: Host): Question {
  return { shownAtMs: host.now(), record: recordNow(host) }
}

/**
 * Why a yes to a question does not count; undefined where it does. A no counts whatever this says.
 *
 * @param leastMs how long an answer takes at least where a machine may give it. Default: no time.
 */
export function whyYesIsVoid(
  host: Host,
  question: Question,
  leastMs = 0,
): 'too fast' | 'answered meanwhile' | undefined {
  if (host.now() - question.shownAtMs < leastMs) return 'too fast'
  return recordNow(host) === question.record ? undefined : 'answered meanwhile'
}

function recordNow(host: Host): string {
  const words = readAnswerTexts(host).userFiles.flatMap((text) =>
    meantWords(text, CONSENT_SETTING).map(({ word }) => word),
  )
  return JSON.stringify([readReceiptText(host), words, readState(host).environmentNo])
}
