import { type Preview, renderNotice, type Status } from 'voicemode-telemetry'

/** The one way to a yes that works everywhere. */
export const ENABLE_COMMAND = 'voicemode-telemetry enable'

const STATES: Record<Status['state'], string> = {
  granted: 'Telemetry is on',
  denied: 'Telemetry is off: the answer is no',
  unset: 'Telemetry is off: there is no clear answer',
}

export const LAYERS: Record<Status['decided_by'], string> = {
  DO_NOT_TRACK: 'DO_NOT_TRACK is set in the environment',
  environment: 'VOICEMODE_TELEMETRY is set in the environment',
  'project file': "VOICEMODE_TELEMETRY is set in this project's .voicemode.env",
  'user file': "VOICEMODE_TELEMETRY is set in the user's voicemode.env",
  CI: 'this is a CI machine',
  'wider notice': 'the yes was to less than would be sent today, so sending is paused',
  'no answer': 'no setting says yes or no',
}

/** The state and the layer that decides it, in a sentence. */
export function describeState({ state, decided_by }: Pick<Status, 'state' | 'decided_by'>): string {
  return `${STATES[state]} (${LAYERS[decided_by]}).`
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

const PLACES: Record<NonNullable<Preview['place']>, string> = {
  queue: 'These bytes are in the queue and wait to be sent.',
  sent: 'These bytes were sent.',
  rejected: 'These bytes were sent, and the server refused them.',
}

/** What to know about a preview besides its bytes; one sentence a line. */
export function notesOn(shown: Preview): string[] {
  const { day, body, place, unfinished, identified, skippedLines } = shown
  const notes: string[] = []
  if (body === undefined) {
    notes.push(
      shown.files === 0
        ? `There are no VoiceMode logs around ${day} on this machine, so nothing would be sent for it.`
        : `No session and no operation on ${day} (UTC): nothing would be sent for it.`,
    )
  }
  if (place) notes.push(PLACES[place])
  if (unfinished) notes.push(`${day} is not over in UTC; only whole days are sent.`)
  if (!identified && body !== undefined)
    notes.push(
      'Nobody has said yes on this machine, so the ids are those of the nil UUID, and nothing is sent.',
    )
  if (skippedLines > 0) notes.push(`Log lines that could not be used and were skipped: ${skippedLines}.`)
  return notes
}

/** An error in a sentence. Its own message may hold a path, so only its kind is told. */
export function describeError(error: unknown): string {
  const kind = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
  return `It could not be done (${kind}). Can the home directory be read and written?`
}
