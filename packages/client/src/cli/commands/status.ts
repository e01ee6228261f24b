import { dayAt, dayOf } from '@voicemode-telemetry/protocol'
import type { Decision } from '../../consent/consent.ts'
import { readDecision, readEndpoint, readReceipt, readTelemetryId } from '../../consent/record.ts'
import { listEvents, readEvent, readRefusal } from '../../delivery/queue.ts'
import { type Command, EXIT, printJson } from '../command.ts'

export const status: Command = {
  summary: 'whether anything is sent, and what decides it',
  help: `
Shows the effective state and the setting that decides it, where events go, what waits and what was sent. Reads only.

Options:
  --json   the same as JSON

Examples:
  voicemode-telemetry status
  voicemode-telemetry status --json
`,
  options: {},
  async run({ host, terminal, json }) {
    const decision = readDecision(host)
    const endpoint = readEndpoint(host)
    const lastSent = listEvents(host, 'sent').at(-1)
    const lastRejected = listEvents(host, 'rejected').at(-1)
    const report = {
      state: decision.state,
      decided_by: decision.decidedBy,
      added_to_notice: decision.added,
      answered_at: readReceipt(host)?.decided_at ?? null,
      telemetry_id: decision.state === 'granted' ? (readTelemetryId(host) ?? null) : null,
      endpoint: endpoint.ok ? endpoint.events : null,
      queued: listEvents(host, 'queue').length,
      last_sent: lastSent ? { day: eventDay(lastSent.path), sent_on: dayAt(lastSent.at) } : null,
      last_refused: lastRejected
        ? { day: eventDay(lastRejected.path), reason: readRefusal(lastRejected) ?? null }
        : null,
    }
    if (json) {
      printJson(terminal, report)
      return EXIT.ok
    }
    const rows: [string, string][] = [
      ['Telemetry', STATES[decision.state]],
      ['Decided by', EXPLAINED[decision.decidedBy]],
      ['Sends to', endpoint.ok ? endpoint.events : endpoint.expected],
      ['Waiting', `${report.queued} ${report.queued === 1 ? 'event' : 'events'}`],
      [
        'Last sent',
        report.last_sent
          ? `the event of ${report.last_sent.day}, on ${report.last_sent.sent_on}`
          : 'nothing yet',
      ],
    ]
    if (report.telemetry_id) rows.push(['Your id', report.telemetry_id])
    if (report.last_refused) rows.push(['Last refused', refusalLine(report.last_refused)])
    terminal.out(
      `${rows.map(([name, value]) => `${name.padEnd(13)}${value}`).join('\n')}\n\n${nextSteps(decision)}\n`,
    )
    return EXIT.ok
  },
}

const STATES = {
  granted: 'on: you said yes',
  denied: 'off: the answer is no',
  unset: 'off: nobody has answered',
} as const

const EXPLAINED: Record<Decision['decidedBy'], string> = {
  DO_NOT_TRACK: 'DO_NOT_TRACK in the environment',
  environment: 'VOICEMODE_TELEMETRY in the environment',
  'project file': "VOICEMODE_TELEMETRY in this project's .voicemode.env",
  'user file': 'VOICEMODE_TELEMETRY in your voicemode.env',
  CI: 'this is a CI machine',
  'wider notice': 'your yes was to less than is sent today, so sending is paused',
  'no answer': 'no setting says yes or no',
}

function nextSteps({ state }: Decision): string {
  const see = 'See what would be sent:  voicemode-telemetry preview'
  const turn =
    state === 'granted'
      ? 'Turn it off:             voicemode-telemetry disable'
      : 'Turn it on:              voicemode-telemetry enable'
  const never = 'Say no for good:         voicemode-telemetry disable'
  return [see, turn, ...(state === 'unset' ? [never] : [])].join('\n')
}

function refusalLine({
  day,
  reason,
}: {
  day: string
  reason: ReturnType<typeof readRefusal> | null
}): string {
  const fields = reason?.problems?.map((problem) => problem.field || 'the event').join(', ')
  return `the event of ${day} (${reason?.status ?? 'no status'}${fields ? `: ${fields}` : ''})`
}

function eventDay(path: string): string {
  try {
    return dayOf(String((JSON.parse(readEvent(path) ?? '') as { timestamp?: unknown }).timestamp))
  } catch {
    return 'an unreadable file'
  }
}
