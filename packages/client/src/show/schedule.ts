import type { Status } from './status.ts'

/** Which days are sent, when and by what, as rows of a name and a text. Empty unless telemetry is on. */
export function scheduleRows(status: Status): [name: string, text: string][] {
  const { state, endpoint, next_report: next } = status
  if (state !== 'granted') return []
  return [
    ['Days to send', describeDue(status)],
    ...(next ? [['Next report', describeNext(next)] satisfies [string, string]] : []),
    ...(endpoint ? triggerRows(status) : []),
  ]
}

/** The same in lines, for a person who has just said yes. */
export function describeSchedule(status: Status): string {
  const { endpoint, endpoint_problem } = status
  const rows = endpoint ? scheduleRows(status) : [['Sends to', endpoint_problem] as const]
  return rows.map(([name, text]) => `${name}: ${text}`).join('\n')
}

/** As `2026-11-20, from 2026-11-21 00:05 UTC on`. */
export function describeNext({ day, after }: NonNullable<Status['next_report']>): string {
  return `${day}, from ${after.slice(0, 16).replace('T', ' ')} UTC on`
}

function describeDue({ due_days: due }: Status): string {
  if (due.length === 0) return 'none now'
  const over = due.length === 1 ? 'It is over and has' : 'They are over and have'
  return `${due.join(', ')}. ${over} no event yet; a day without use makes none`
}

function triggerRows({
  last_background_send: last,
  next_background_send: next,
}: Status): [name: string, text: string][] {
  if (last !== null) {
    const rule =
      'a background send, at most one a day, and again only while events wait, when the server said'
    return [
      [
        'What sends',
        `${rule}; the last one began ${last}, the next can begin ${next ? `after ${next}` : 'now'}`,
      ],
    ]
  }
  return [
    ['What sends', 'nothing yet; no background send was ever started here'],
    ['Send now', 'voicemode-telemetry send'],
    [
      'Send every day',
      'let cron (hourly), a hook or a startup script run voicemode-telemetry send --background',
    ],
  ]
}
