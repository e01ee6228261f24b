import type { ViewData, ViewDay, ViewEntry } from './data.ts'

/** What stands in the table of days. */
export const STATES: Record<ViewDay['state'], string> = {
  sent: 'Sent',
  queued: 'Waits to be sent',
  rejected: 'Refused by the server',
  'would be sent': 'Would be sent',
  'would not be sent': 'Would not be sent',
  'no use': 'No use',
}

export const OUTCOMES: Record<ViewEntry['outcome'], string> = {
  sent: 'Sent',
  queue: 'Waiting since',
  rejected: 'Refused',
}

export const CONSENT: Record<ViewData['status']['state'], string> = {
  granted: 'Telemetry is on.',
  denied: 'Telemetry is off.',
  unset: 'Telemetry is off.',
}

const WHY: Record<NonNullable<ViewDay['why']>, string> = {
  'no consent': 'There is no yes, so nothing is sent. With one, only what begins after it would be.',
  'no endpoint': 'No endpoint is set, so there is nowhere to send it to.',
  'before the yes': 'It is from before your yes, and only what begins after it is counted.',
  'too old': 'Only the last 7 whole days are reported, and this one is older.',
}

/** What to know of a day beside its bytes, in sentences. */
export function explain({ state, why, unfinished, identified, body }: ViewDay): string {
  const sentences: string[] = []
  switch (state) {
    case 'sent':
      sentences.push('These bytes were sent, and the server took them.')
      break
    case 'queued':
      sentences.push('These bytes are in the queue and wait to be sent.')
      break
    case 'rejected':
      sentences.push('These bytes were sent, and the server refused them.')
      break
    case 'would be sent':
      sentences.push(unfinished ? 'It is sent once the day is over.' : 'The next send sends these bytes.')
      break
    case 'would not be sent':
      if (why) sentences.push(WHY[why])
      break
    case 'no use':
      sentences.push('No session and no operation: no event is made of it.')
      break
    default:
      state satisfies never
  }
  if (unfinished) sentences.push('The day is not over in UTC: these are its numbers so far.')
  if (body !== null && !identified)
    sentences.push('The ids are those of the nil UUID, since there is no yes.')
  return sentences.join(' ')
}

/** Why a server refused an event, as far as it said. */
export function reasonOf({ reason }: ViewEntry): string {
  const fields = Array.isArray(reason?.problems)
    ? reason.problems.map(
        (problem) => `${problem?.field || 'the event'}: expected ${problem?.expected || 'something else'}`,
      )
    : []
  const status = reason?.status ? `The server answered ${reason.status}` : 'It was changed, and not sent'
  return `${status}${fields.length > 0 ? ` (${fields.join('; ')})` : ''}.`
}
