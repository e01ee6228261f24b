import type { Status } from './status.ts'

/** Which days are sent, when and by what, as rows of a name and a text. Empty unless telemetry is on. */
export function scheduleRows(status: Status): [name: string, text: string][] {
  const { state, endpoint, next_report: next } = status
  if (state !== 'granted') return []
  return [
    ['Days to send', describeDue(status)],
    ...(next ? [['Next report', `${next.day}, after ${next.after}`] satisfies [string, string]] : []),
    ...(endpoint ? [['What sends', describeTrigger(status)] satisfies [string, string]] : []),
  ]
}

/** The same in sentences, for a person who has just said yes. */
export function describeSchedule(status: Status): string {
  const { endpoint, endpoint_problem } = status
  const rows = endpoint ? scheduleRows(status) : [['Sends to', endpoint_problem] as const]
  return rows.map(([name, text]) => `${name}: ${text}.`).join(' ')
}

function describeDue({ due_days: due }: Status): string {
  return due.length === 0
    ? 'none now'
    : `${due.join(', ')}. They are over and have no event yet; a day without use makes none`
}

function describeTrigger({ last_background_send: last, next_background_send: next }: Status): string {
  return last === null
    ? `nothing by itself: no background send was ever started here. Send now: voicemode-telemetry send. To send every day, have cron (hourly), a \
hook or a startup script run: voicemode-telemetry send --background`
    : `a background send, at most one a day, and again only while events wait, when the server said; the last one began ${last}, the \
next can begin ${next ? `after ${next}` : 'now'}`
}
