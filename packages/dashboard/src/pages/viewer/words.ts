import type { ViewDay, ViewEntry } from '@voicemode-telemetry/protocol/wire/viewer'

/** What the table of days says. */
export const STATES: Record<ViewDay['state'], string> = {
  sent: 'Sent',
  queued: 'Waiting to be sent',
  rejected: 'Refused by the server',
  'would be sent': 'Will be sent',
  'would not be sent': 'Will not be sent',
  'no use': 'No use',
}

/** What the history says, before a date. */
export const OUTCOMES: Record<ViewEntry['outcome'], string> = {
  sent: 'Sent',
  queue: 'Waiting since',
  rejected: 'Refused',
}

const WHY_NOT_SENT: Record<NonNullable<ViewDay['why']>, string> = {
  'no consent': 'You haven’t opted in, so nothing is sent. If you opt in, only later use is counted.',
  'no endpoint': 'No endpoint is set, so there is no server to send it to.',
  'before the yes': 'It is from before you opted in. Only later use is counted.',
  'too old': 'Only the last 7 whole days are reported, and this day is older.',
}

/** Explains the state of a day, in sentences. */
export function explainDay(shown: ViewDay): string {
  const { unfinished, identified, body } = shown
  return [
    explainState(shown),
    ...(unfinished ? ['This day is not over in UTC, so its numbers can still grow.'] : []),
    ...(body !== null && !identified ? ['The IDs are placeholders, because you haven’t opted in.'] : []),
  ].join(' ')
}

function explainState({ state, why, unfinished }: ViewDay): string {
  switch (state) {
    case 'sent':
      return 'This event was sent, and the server accepted it.'
    case 'queued':
      return 'This event is in the queue and waits to be sent.'
    case 'rejected':
      return 'This event was sent, and the server refused it.'
    case 'would be sent':
      return unfinished ? 'It will be sent after the day ends.' : 'This event will be sent next.'
    case 'would not be sent':
      return why ? WHY_NOT_SENT[why] : ''
    case 'no use':
      return 'There was no session and no operation, so there is no event.'
    default:
      return state satisfies never
  }
}

/** Why an event was refused, as far as the server said. */
export function explainRefusal({ reason }: ViewEntry): string {
  const problems = Array.isArray(reason?.problems) ? reason.problems : []
  const fields = problems.map(
    (problem) => `${problem?.field || 'the event'}: expected ${problem?.expected || 'something else'}`,
  )
  const status = reason?.status
    ? `The server answered with status ${reason.status}`
    : 'The file was changed on this machine, so it was not sent'
  return `${status}${fields.length > 0 ? ` (${fields.join('; ')})` : ''}.`
}
