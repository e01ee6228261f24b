import { BACKGROUND_LIFETIME_MS, maybeSendInBackground } from '../../send/background.ts'
import { type EventOutcome, type SendReport, sendDue, sendInBackground } from '../../send/send.ts'
import { detectEnvironment } from '../../settings/detectEnvironment.ts'
import { readState } from '../../settings/state.ts'
import { readStatus, type Status } from '../../show/status.ts'
import { type Command, EXIT, type ExitCode, printJson, showReading } from '../command.ts'

/** Somebody at a terminal would rather wait for another send than be turned away. */
const WAIT_MS = 15_000

export const send: Command = {
  summary: 'send what is due, now',
  help: `
Makes the event of each of the last 7 whole UTC days that has none yet, queues it, and sends the queue. Without your yes,
or without an endpoint, it does nothing and says so.

Options:
  --background          start it in a process of its own and return at once: at most once in 24 hours, 15 seconds
                        long at most, without any output
  --json                what became of each event, as JSON

Exit code: 0 when everything due was sent, or nothing may be sent; 1 when events wait in the queue or were refused.
With --background always 0.

Examples:
  voicemode-telemetry send
  voicemode-telemetry send --background
  VOICEMODE_TELEMETRY_ENDPOINT=https://telemetry.example voicemode-telemetry send
`,
  options: {
    background: { type: 'boolean' },
    // What --background starts; for nobody to type.
    detached: { type: 'boolean' },
  },
  async run({ host, terminal, json, options }) {
    if (options.background) {
      const background = maybeSendInBackground(host)
      if (json) printJson(terminal, { background })
      return EXIT.ok
    }
    if (options.detached) {
      host.endAfter(BACKGROUND_LIFETIME_MS)
      // Whoever started this process knew who VoiceMode is used from, and has just remembered it.
      await sendInBackground(host, { environment: detectEnvironment(host, readState(host).caller) })
      return EXIT.ok
    }
    const report = await sendDue(host, {
      environment: detectEnvironment(host),
      waitMs: WAIT_MS,
      onProgress: showReading(terminal),
    })
    terminal.progress(undefined)
    if (json) printJson(terminal, report)
    else terminal.out(`${describe(report, readStatus(host))}\n`)
    return exitCode(report)
  },
}

function exitCode(report: SendReport): ExitCode {
  if (report.outcome === 'withheld') return report.why === 'no consent' ? EXIT.ok : EXIT.failed
  return report.left > 0 || report.events.some(({ outcome }) => outcome === 'rejected')
    ? EXIT.failed
    : EXIT.ok
}

function describe(report: SendReport, { reason, remedy }: Status): string {
  if (report.outcome === 'withheld') {
    const detail = report.detail ? ` (${report.detail})` : ''
    return report.why === 'no consent'
      ? `Nothing sent: ${reason}.${remedy ? ` To change it: ${remedy}` : ''}`
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
