import {
  type Command,
  EXIT,
  type ExitCode,
  printJson,
  printText,
  type Terminal,
} from '@voicemode-telemetry/command-line'
import type { Host } from '../../host.ts'
import { BACKGROUND_LIFETIME_MS, maybeSendInBackground } from '../../send/background.ts'
import { REPORTED_DAYS } from '../../send/due.ts'
import { type SendReport, sendDue, sendInBackground } from '../../send/send.ts'
import type { EventOutcome } from '../../send/sendQueue.ts'
import { sendTestEvent, type TestReport } from '../../send/testEvent.ts'
import { detectEnvironment } from '../../settings/detectEnvironment.ts'
import { readState } from '../../settings/state.ts'
import { describeForeignFiles } from '../../show/foreignFiles.ts'
import { describeNext } from '../../show/schedule.ts'
import { readStatus, type Status } from '../../show/status.ts'
import { snakeCased } from '../snakeCase.ts'

/** A person at a terminal would rather wait for another send to end than be turned away. */
const WAIT_MS = 15_000

export const send: Command<Host> = {
  summary: 'send what is due now',
  about: `Makes one event for each of the last ${REPORTED_DAYS} whole UTC days that has none yet, queues these events, and sends the queue. \
Without your yes, or without an endpoint, it sends nothing and says why.

With --test it sends a test event instead: fixed words, nothing about you, no yes needed. The dashboard of the server shows when it \
arrived, and counts it nowhere.`,
  options: {
    background: {
      about: `send in a separate process and return at once: at most once a day, and again only while events wait, when the server said; for at most ${BACKGROUND_LIFETIME_MS / 1000} seconds, without any output`,
    },
    test: {
      about:
        'send a test event to the endpoint, to see whether events get through; only a no keeps it from being sent',
    },
    // Given by --background to the process that it starts.
    detached: {},
  },
  json: 'print what happened to each event, as JSON',
  exitCodes: `0 if everything due was sent, or if you have not said yes; 1 if events still wait in the queue or were refused, or if no endpoint is set. With --test 0 only if it arrived. With \
--background always 0.`,
  examples: [
    'voicemode-telemetry send',
    'voicemode-telemetry send --background',
    'VOICEMODE_TELEMETRY_ENDPOINT=https://telemetry.example voicemode-telemetry send',
  ],
  findMisuse: ({ switches }) =>
    switches.has('test') && switches.has('background')
      ? ['--test and --background contradict each other']
      : [],
  async run({ host, terminal, json, switches }) {
    if (switches.has('test')) {
      const report = await sendTestEvent(host)
      if (json) printJson(terminal, report)
      else printText(terminal, describeTest(report, readStatus(host)))
      return report.outcome === 'arrived' ? EXIT.ok : EXIT.failed
    }
    if (switches.has('background')) {
      const background = maybeSendInBackground(host)
      if (json) printJson(terminal, { background })
      return EXIT.ok
    }
    if (switches.has('detached')) {
      host.endAfter(BACKGROUND_LIFETIME_MS)
      // The process that started this one knew which assistant uses VoiceMode, and has just remembered it.
      await sendInBackground(host, { environment: detectEnvironment(host, readState(host).caller) })
      return EXIT.ok
    }
    const report = await sendDue(host, {
      environment: detectEnvironment(host),
      waitMs: WAIT_MS,
      onProgress: (done, total) => showReading(terminal, done, total),
    })
    terminal.progress(undefined)
    if (json) printJson(terminal, snakeCased(report))
    else printText(terminal, describe(report, readStatus(host)))
    return exitCode(report)
  },
}

function showReading(terminal: Terminal, done: number, total: number): void {
  terminal.progress(done < total ? `Reading logs … ${done} of ${total} days` : undefined)
}

function exitCode(report: SendReport): ExitCode {
  if (report.outcome === 'withheld') return report.why === 'no consent' ? EXIT.ok : EXIT.failed
  const isWhole = report.left === 0 && report.events.every(({ outcome }) => outcome !== 'rejected')
  return isWhole ? EXIT.ok : EXIT.failed
}

function describe(report: SendReport, status: Status): string {
  const { foreign_files: foreign } = status
  const told = describeReport(report, status)
  return foreign ? `${told}\nNot yours: ${describeForeignFiles(foreign)}` : told
}

function describeReport(
  report: SendReport,
  { reason, remedy, clock_not_believed: isDoubted, next_report: next }: Status,
): string {
  if (report.outcome === 'withheld') {
    const detail = report.detail ? ` (${report.detail})` : ''
    return report.why === 'no consent'
      ? `Nothing sent: ${reason}.${remedy ? ` To change it: ${remedy}` : ''}`
      : `Nothing sent: ${report.why}${detail}.`
  }
  const lines = report.events.map(describeEvent)
  if (report.skippedLines > 0) lines.push(`Log lines that could not be used: ${report.skippedLines}.`)
  if (report.unreadable)
    lines.push(
      "Some of VoiceMode's logs can't be read, so their days are not reported yet. To see which: voicemode-telemetry status",
    )
  if (isDoubted)
    lines.push("This machine's clock has leapt by days: nothing old is deleted or sent (clock-not-believed).")
  if (report.left > 0) lines.push(`Events in the queue: ${report.left}. The next send tries again.`)
  return lines.length > 0
    ? lines.join('\n')
    : `Nothing to send now. A day is sent once, when it is over, if VoiceMode was used on it after your yes.${next ? ` Next report: ${describeNext(next)}.` : ''}`
}

function describeTest(report: TestReport, { reason }: Status): string {
  switch (report.outcome) {
    case 'arrived':
      return `A test event has arrived at ${report.endpoint}. It held fixed words and nothing about you. The dashboard there says when it \
arrived, and counts it nowhere.`
    case 'failed':
      return `The test event did not arrive: ${report.why}.${report.remedy ? ` ${report.remedy}.` : ''}`
    case 'withheld':
      return `No test event sent: ${report.why === 'no consent' ? reason : report.detail}.`
    default:
      throw report satisfies never
  }
}

function describeEvent(event: EventOutcome): string {
  switch (event.outcome) {
    case 'sent':
      return `${event.day}  sent`
    case 'queued':
      return `${event.day}  queued: ${event.why}.${event.remedy ? ` ${event.remedy}.` : ''}`
    case 'rejected':
      return `${event.day || event.eventId}  refused (${event.refusal.status || 'not sent: the queue file was changed'}); kept in the history as rejected`
    default:
      throw event satisfies never
  }
}
