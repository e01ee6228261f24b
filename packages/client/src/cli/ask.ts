import { processTerminal, type Terminal, table, wrap } from '@voicemode-telemetry/command-line'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Channel, Decision } from '../consent/consent.ts'
import { describeAdded, noticeRows, renderFullNotice } from '../consent/notice.ts'
import { openQuestion } from '../consent/question.ts'
import { readDecision, readReceipt, readRecipient } from '../consent/record.ts'
import { createHost } from '../createHost.ts'
import type { Host } from '../host.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { previewDay } from '../show/preview.ts'
import { recordAnswer } from '../view/answer.ts'

/** How asking ended. `not asked`: there was no reason to ask, or nobody to ask. `unclear`: nothing was recorded. */
export type Answer = 'yes' | 'no' | 'unclear' | 'not asked'

/**
 * Asks a person for consent once: only if nobody has answered yet or new fields were added since the yes, only at a terminal,
 * only if a server is set, and never on a CI machine. For a program to call when a person first uses it.
 *
 * @returns at once, without any output, if it does not ask.
 * @throws the file system's error if a clear answer can't be recorded.
 */
export async function askOnce(
  host: Host = createHost(),
  terminal: Terminal = processTerminal(),
): Promise<Answer> {
  const decision = readDecision(host)
  const saidNo = readReceipt(host)?.decision === 'denied'
  const isOpen = decision.state === 'unset' && !saidNo && readRecipient(host) !== undefined
  if (!isOpen || !terminal.isInteractive) return 'not asked'
  return askForConsent(host, terminal, 'prompt')
}

const HEADING = 'May VoiceMode send usage counts? Nothing is sent until you say yes.'
const CHOICES = 'y / N / p (preview) / d (details) '

/**
 * Says what is sent and asks, whatever was answered before.
 *
 * @param terminal must have a person at it. Enter alone is a no. An unclear answer, the end of input and Ctrl-C record
 *   nothing.
 */
export async function askForConsent(host: Host, terminal: Terminal, channel: Channel): Promise<Answer> {
  const question = openQuestion(host)
  const decision = readDecision(host)
  say(terminal, decision.added.length > 0 ? describeWidening(decision) : HEADING)
  terminal.err(`${table(noticeRows(readRecipient(host)), terminal.columns)}\n\n`)
  for (;;) {
    const typed = (await terminal.ask(CHOICES))?.trim().toLowerCase()
    switch (typed) {
      case 'p':
        await showPreview(host, terminal)
        break
      case 'd':
        say(terminal, `\n${renderFullNotice()}\n`)
        break
      case 'y':
      case 'yes':
        return record('yes')
      case '':
      case 'n':
      case 'no':
        return record('no')
      default:
        say(terminal, '\nThat was not a clear answer. Nothing is recorded, and nothing is sent.')
        return 'unclear'
    }
  }
  async function record(answer: 'yes' | 'no'): Promise<Answer> {
    const { recorded, message } = await recordAnswer(host, channel, question, answer)
    say(terminal, `\n${message}`)
    return recorded === 'nothing' ? 'unclear' : recorded
  }
}

function say(terminal: Terminal, text: string): void {
  terminal.err(`${wrap(text, terminal.columns)}\n`)
}

function describeWidening({ added }: Decision): string {
  return [
    'Since you said yes, new fields were added to the summary. Sending is paused until you answer. New are:',
    ...describeAdded(added).map((line) => `  + ${line}`),
    '',
  ].join('\n')
}

/** How many days a preview looks back for use. */
const PREVIEWED_DAYS = 8

/** Shows today so far, or the newest day with use. */
async function showPreview(host: Host, terminal: Terminal): Promise<void> {
  const today = dayAt(host.now())
  const days: Day[] = Array.from({ length: PREVIEWED_DAYS }, (_, n) => addDays(today, -n))
  for (const day of days) {
    const { body } = await previewDay(host, day, detectEnvironment(host))
    if (body === undefined) continue
    terminal.err(`\nThe summary of ${day}${day === today ? ', so far' : ''}, byte for byte:\n\n${body}\n\n`)
    return
  }
  terminal.err(
    `\nThere are no logs of the last ${PREVIEWED_DAYS} days, so nothing would be sent for them.\n\n`,
  )
}
