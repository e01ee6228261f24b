import { detectEnvironment } from '../../count/detectEnvironment.ts'
import { type EventOutcome, type SendReport, sendDue } from '../../delivery/send.ts'
import { type Command, EXIT, type ExitCode, printJson, showReading } from '../command.ts'

/** Somebody at a terminal would rather wait for another send than be turned away. */
const WAIT_MS = 15_000

export const send: Command = {
  summary: 'send what is due, now',
  help: `
Makes the event of each of the last 7 whole UTC days that has none yet, queues it, and sends the queue. Without your yes,
or without an endpoint, it does nothing and says so.

Options:
  --json   what became of each event, as JSON

Exit code: 0 when everything due was sent, or nothing may be sent; 1 when events wait in the queue or were refused.

Examples:
  voicemode-telemetry send
  VOICEMODE_TELEMETRY_ENDPOINT=https://telemetry.example voicemode-telemetry send
`,
  options: {},
  async run({ host, terminal, json }) {
    const report = await sendDue(host, {
      environment: detectEnvironment(host),
      waitMs: WAIT_MS,
      onProgress: showReading(terminal),
    })
    terminal.progress(undefined)
    if (json) printJson(terminal, report)
    else terminal.out(`${describe(report)}\n`)
    return exitCode(report)
  },
}

function exitCode(report: SendReport): ExitCode {
  if (report.outcome === 'withheld') return report.why === 'no consent' ? EXIT.ok : EXIT.failed
  return report.left > 0 || report.events.some(({ outcome }) => outcome === 'rejected')
    ? EXIT.failed
    : EXIT.ok
}

function describe(report: SendReport): string {
  if (report.outcome === 'withheld') {
    const detail = report.detail ? ` (${report.detail})` : ''
    return report.why === 'no consent'
      ? `Nothing sent: telemetry is ${report.decision.state} (${report.decision.decidedBy}). voicemode-telemetry status tells more.`
      : `Nothing sent: ${report.why}${detail}.`
  }
  const lines = report.events.map(describeEvent)
  if (report.skippedLines > 0)
    lines.push(`${report.skippedLines} log lines could not be used and were skipped.`)
  if (report.left > 0) lines.push(`${report.left} in the queue; the next send tries again.`)
  return lines.length > 0
    ? lines.join('\n')
    : 'Nothing is due: every day that is over was reported or was without use.'
}

function describeEvent(event: EventOutcome): string {
  switch (event.outcome) {
    case 'sent':
      return `${event.day}  sent`
    case 'queued':
      return `${event.day}  queued: ${event.why}`
    case 'rejected':
      return `${event.day || event.eventId}  refused (${event.refusal.status || 'before sending: the file was changed'}); kept under rejected`
    default:
      event satisfies never
      throw new TypeError('an event has one of three outcomes')
  }
}
