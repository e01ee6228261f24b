import { renderNotice, type Status } from 'voicemode-telemetry'

/** The one way to a yes that works everywhere. */
export const ENABLE_COMMAND = 'voicemode-telemetry enable'

/** The state and what decides it, in a sentence. */
export function describeState({ state, reason }: Pick<Status, 'state' | 'reason'>): string {
  return `Telemetry is ${state === 'granted' ? 'on' : 'off'}: ${reason}.`
}

/** The question to the person: what is new since a yes, if any, and the notice. */
export function composeQuestion(status: Status): string {
  return [
    ...newSinceYes(status),
    renderNotice(),
    'Every word it can hold: voicemode-telemetry notice',
    'See the bytes first: voicemode-telemetry preview',
  ].join('\n')
}

/** What an assistant may read aloud when the matter comes up, and what it must leave to the person. */
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
      ? 'You may tell the person about this once, and ask whether they want it. The notice below is for reading aloud.'
      : 'The person has been asked. Do not bring it up; what follows is for when they do.',
    'Only the person can say yes. If they want it, call telemetry_set_preference with enabled true: it asks them itself, and',
    'only what they choose there counts. Where it cannot ask, it changes nothing, and they can type in a terminal:',
    `  ${ENABLE_COMMAND}`,
    'If they do not want it, call telemetry_set_preference with enabled false; that counts at once.',
  ]
}

function newSinceYes({ added_to_notice }: Status): string[] {
  if (added_to_notice.length === 0) return []
  return ['New since your yes, so sending is paused:', ...added_to_notice.map((line) => `  + ${line}`), '']
}

/** An error in a sentence. Its own message may hold a path, so only its kind is told. */
export function describeError(error: unknown): string {
  const kind = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
  return `It could not be done (${kind}). Can the home directory be read and written?`
}
