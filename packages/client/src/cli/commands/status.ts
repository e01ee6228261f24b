import { readStatus, type Status } from '../../show/status.ts'
import { type Command, EXIT, printJson } from '../command.ts'
import { wrap } from '../wrap.ts'

export const status: Command = {
  summary: 'whether anything is sent, and what decides it',
  help: `
Shows whether telemetry is on and what decides that, where events go, what waits, what was sent and refused, and what comes
next. Reads only.

Options:
  --json   the same as JSON

Examples:
  voicemode-telemetry status
  voicemode-telemetry status --json
`,
  options: {},
  async run({ host, terminal, json }) {
    const found = readStatus(host)
    if (json) printJson(terminal, found)
    else
      terminal.out(
        `${describeStatus(found, terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY)}\n`,
      )
    return EXIT.ok
  },
}

const NAME_COLUMNS = 14

function describeStatus(found: Status, columns: number): string {
  const rows: [string, string][] = [
    ['Telemetry', `${found.state === 'granted' ? 'on' : 'off'}: ${found.reason}`],
    ...(found.remedy ? [['To change it', found.remedy] satisfies [string, string]] : []),
    ...found.added_to_notice.map((line): [string, string] => ['New', line]),
    ['Sends to', found.endpoint ?? found.endpoint_problem ?? ''],
    ['Waiting', `${found.queued} ${found.queued === 1 ? 'event' : 'events'}`],
    [
      'Last sent',
      found.last_sent ? `the event of ${found.last_sent.day}, on ${found.last_sent.on}` : 'nothing yet',
    ],
  ]
  if (!found.event_logs) rows.push(['Event logs', 'off in your settings, so failed calls can’t be counted'])
  if (found.next_report)
    rows.push(['Next report', `${found.next_report.day}, after ${found.next_report.after}`])
  if (found.last_refused) rows.push(['Last refused', describeRefusal(found.last_refused)])
  if (found.telemetry_id) rows.push(['Your id', found.telemetry_id])
  if (found.answered_at) rows.push(['Answered', `${found.answered_at} (${found.answered_by})`])
  const lines = rows.map(([name, value]) => {
    const [first = '', ...more] = wrap(value, columns - NAME_COLUMNS).split('\n')
    return [name.padEnd(NAME_COLUMNS) + first, ...more.map((line) => ' '.repeat(NAME_COLUMNS) + line)].join(
      '\n',
    )
  })
  return `${lines.join('\n')}\n\n${nextSteps(found.state, columns)}`
}

function nextSteps(state: Status['state'], columns: number): string {
  const steps: [string, string][] = [['See what would be sent', 'preview']]
  if (state === 'granted') steps.push(['Turn it off', 'disable'], ['Compare with the server', 'export'])
  else steps.push(['Turn it on', 'enable'])
  if (state === 'unset') steps.push(['Say no for good', 'disable'])
  const isWide = columns >= 60
  return steps
    .map(([what, command]) =>
      isWide
        ? `${`${what}:`.padEnd(25)}voicemode-telemetry ${command}`
        : `${what}:\n  voicemode-telemetry ${command}`,
    )
    .join('\n')
}

function describeRefusal({ day, reason }: NonNullable<Status['last_refused']>): string {
  const fields = reason?.problems?.map((problem) => problem.field || 'the event').join(', ')
  return `the event of ${day} (${reason?.status ?? 'no status'}${fields ? `: ${fields}` : ''})`
}
