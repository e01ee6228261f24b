import type { Status } from 'voicemode-telemetry'

/** How a person says yes without an assistant. */
export const ENABLE_COMMAND = 'voicemode-telemetry enable'

/** How a person answers a question that they don't see any more, or were shown by an assistant that gave up. */
export const OPEN_QUESTION = `A question to the person has no answer yet, and nothing is recorded. They can also answer it in a terminal: ${ENABLE_COMMAND}, or voicemode-telemetry disable`

/** Whether telemetry is on and why, in a sentence. */
export function describeState({ state, reason }: Pick<Status, 'state' | 'reason'>): string {
  return `Telemetry is ${state === 'granted' ? 'on' : 'off'}: ${reason}.`
}

/** What the person reads before they open the page that asks. */
export const PAGE_MESSAGE = 'May VoiceMode send usage counts? This page shows yours and asks you.'

/** Assistants cut a form after a few lines, and each line at about this many characters. */
const LINE_CHARACTERS = 89

/**
 * The question for a form, in three short lines. If new fields were added since a yes, it says which.
 *
 * @returns undefined if what is new does not fit, since a person must see it before they agree.
 */
export function composeQuestion(status: Status): string | undefined {
  const { added_to_notice: added } = status
  const first =
    added.length === 0
      ? 'May VoiceMode send daily counts of how you use it, never what was said?'
      : `New since your yes: ${added.join(' ')} Send it too?`
  const recipient = recipientOf(status)
  const lines = [
    first,
    recipient ? `They go to ${shorten(recipient)}.` : 'They go nowhere yet, because no server is set.',
    'A random id marks them for as long as you say yes. Details: voicemode-telemetry notice',
  ]
  return lines.every((line) => line.length <= LINE_CHARACTERS) ? lines.join('\n') : undefined
}

const RECIPIENT_CHARACTERS = 70

/** The end of a host name says whose it is. */
function shorten(recipient: string): string {
  return recipient.length > RECIPIENT_CHARACTERS ? `…${recipient.slice(-RECIPIENT_CHARACTERS)}` : recipient
}

function recipientOf({ endpoint }: Status): string | undefined {
  return endpoint === null ? undefined : new URL(endpoint).host
}

/** What an assistant may say about telemetry, and what it must leave to the person. */
export function composeOptInPrompt(status: Status): string {
  return [...adviceOn(status), '', ...newSinceYes(status), sayAloud(status)].join('\n')
}

/** The question in two sentences, to be spoken. */
function sayAloud(status: Status): string {
  const to = recipientOf(status) ?? 'a server that you name'
  return `VoiceMode can send daily counts of how you use it, but never what was said, to ${to}, under a random id. Shall I bring up the question, so that you can answer it yourself?`
}

function adviceOn(status: Status): string[] {
  const state = describeState(status)
  if (status.state === 'granted')
    return [`${state} There is nothing to ask. To turn it off: telemetry_set_preference with enabled false.`]
  const isPaused = status.decided_by === 'wider notice' || status.decided_by === 'another server'
  const wasAnswered = status.answered_at !== null && !isPaused
  const mayAsk = status.state === 'unset' && !wasAnswered
  return [
    state,
    mayAsk
      ? 'You may tell the person about it once, and ask whether they want it. You may say the two sentences at the end.'
      : 'The person has been asked already. Do not mention it. The rest is for when they mention it.',
    'Only the person can say yes. If they want it, call telemetry_set_preference with enabled true. It asks them itself, and only',
    'their own choice counts. If it cannot ask them, it changes nothing, and they can type this in a terminal:',
    `  ${ENABLE_COMMAND}`,
    'If they do not want it, call telemetry_set_preference with enabled false. That counts at once.',
  ]
}

function newSinceYes({ added_to_notice }: Status): string[] {
  if (added_to_notice.length === 0) return []
  return [
    'New fields were added since you said yes, so sending is paused:',
    ...added_to_notice.map((line) => `  + ${line}`),
    '',
  ]
}

/** Describes an error by its kind only, since its message may contain a path. */
export function describeError(error: unknown): string {
  const kind = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
  return `This failed (${kind}). Can the home directory be read and written?`
}
