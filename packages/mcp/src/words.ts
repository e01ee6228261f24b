import { renderNotice, type Status } from 'voicemode-telemetry'

/** How a person says yes without an assistant. */
export const ENABLE_COMMAND = 'voicemode-telemetry enable'

/** Whether telemetry is on and why, in a sentence. */
export function describeState({ state, reason }: Pick<Status, 'state' | 'reason'>): string {
  return `Telemetry is ${state === 'granted' ? 'on' : 'off'}: ${reason}.`
}

/** The question to the person: what is new since their yes, if anything, and the notice. */
export function composeQuestion(status: Status): string {
  return [
    ...newSinceYes(status),
    renderNotice(),
    'To see every word it can contain: voicemode-telemetry notice',
    'To see the exact bytes first: voicemode-telemetry preview',
  ].join('\n')
}

/** What an assistant may say about telemetry, and what it must leave to the person. */
export function composeOptInPrompt(status: Status): string {
  return [...adviceOn(status), '', ...newSinceYes(status), renderNotice()].join('\n')
}

function adviceOn(status: Status): string[] {
  const state = describeState(status)
  if (status.state === 'granted')
    return [`${state} There is nothing to ask. To turn it off: telemetry_set_preference with enabled false.`]
  const wasAnswered = status.answered_at !== null && status.decided_by !== 'wider notice'
  const mayAsk = status.state === 'unset' && !wasAnswered
  return [
    state,
    mayAsk
      ? 'You may tell the person about it once, and ask whether they want it. You may read the notice below aloud.'
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
