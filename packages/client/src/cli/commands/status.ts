import { type Command, EXIT, printJson, table } from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { readStatus, type Status } from '../../show/status.ts'

export const status: Command<Host> = {
  summary: 'show whether anything is sent, and which setting decides',
  about: `Shows whether telemetry is on and which setting decides it, where events go, how many wait, what was sent and refused, and \
what comes next. Changes nothing.`,
  json: 'print the same as JSON',
  examples: ['voicemode-telemetry status', 'voicemode-telemetry status --json'],
  async run({ host, terminal, json }) {
    const found = readStatus(host)
    const columns = terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY
    if (json) printJson(terminal, found)
    else terminal.out(`${table(rowsOf(found), columns)}\n\n${nextSteps(found.state, columns)}\n`)
    return EXIT.ok
  },
}

function rowsOf(found: Status): [string, string][] {
  const row = (name: string, text: string | null | undefined): [string, string][] =>
    text ? [[name, text]] : []
  const { last_sent: sent, last_failure: failure, next_report: next } = found
  return [
    ...row('Telemetry', `${found.state === 'granted' ? 'on' : 'off'}: ${found.reason}`),
    ...row('To change it', found.remedy),
    ...found.added_to_notice.flatMap((line) => row('New', line)),
    ...row('Sends to', found.endpoint ?? found.endpoint_problem),
    ...row('Waiting', `${found.queued} ${found.queued === 1 ? 'event' : 'events'}`),
    ...row('Why it waits', failure && `${failure.why} (tried ${failure.at})`),
    ...row('What to do', failure?.remedy),
    ...row('Last sent', sent ? `the event of ${sent.day}, on ${sent.on}` : 'nothing yet'),
    ...row(
      'Event logs',
      found.event_logs ? null : "off in VoiceMode's settings, so failed calls can't be counted",
    ),
    ...row('Next report', next && `${next.day}, after ${next.after}`),
    ...row('Last refused', found.last_refused && describeRefusal(found.last_refused)),
    ...row('Your id', found.telemetry_id),
    ...row('Answered', found.answered_at && `${found.answered_at} (${found.answered_by})`),
  ]
}

function nextSteps(state: Status['state'], columns: number): string {
  const steps: [string, string][] = [['See what would be sent:', 'voicemode-telemetry preview']]
  if (state === 'granted')
    steps.push(
      ['Turn it off:', 'voicemode-telemetry disable'],
      ['Compare with the server:', 'voicemode-telemetry export'],
    )
  else steps.push(['Turn it on:', 'voicemode-telemetry enable'])
  if (state === 'unset') steps.push(['Say no for good:', 'voicemode-telemetry disable'])
  return table(steps, columns)
}

function describeRefusal({ day, reason }: NonNullable<Status['last_refused']>): string {
  const fields = reason?.problems?.map((problem) => problem.field || 'the event').join(', ')
  return `the event of ${day} (${reason?.status ?? 'no status'}${fields ? `: ${fields}` : ''})`
}
