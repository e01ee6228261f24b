import { printText, processTerminal, type Terminal, table } from '@voicemode-telemetry/command-line'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Channel, Decision } from '../consent/consent.ts'
import { describeAdded, noticeRows, renderFullNotice } from '../consent/notice.ts'
import { openQuestion } from '../consent/question.ts'
import { readDecision, readReceipt, readRecipient } from '../consent/record.ts'
import { createHost } from '../createHost.ts'
import type { Host } from '../host.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { previewDay } from '../show/preview.ts'
import { notesOn } from '../show/previewNotes.ts'
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

const QUESTION = 'May VoiceMode send usage counts? Nothing is sent until you say yes.'
const KEYS = 'Type a letter and Enter. Enter alone means no, which lasts until you run enable.'
const CHOICES = 'y / N / p (preview) / d (details) '

/**
 * Says what is sent and asks, whatever was answered before. An unclear answer is asked again.
 *
 * @param terminal must have a person at it. Enter alone is a no. The end of input and Ctrl-C record nothing.
 */
export async function askForConsent(host: Host, terminal: Terminal, channel: Channel): Promise<Answer> {
  const question = openQuestion(host)
  const decision = readDecision(host)
  printText(terminal, headingOf(decision, readReceipt(host)?.recipient), 'err')
  terminal.err(`${table(noticeRows(question.recipient), terminal.columns)}\n\n`)
  printText(terminal, KEYS, 'err')
  for (;;) {
    const typed = (await terminal.ask(CHOICES))?.trim().toLowerCase()
    switch (typed) {
      case 'p':
        await showPreview(host, terminal)
        printText(terminal, `${QUESTION}\n${KEYS}`, 'err')
        break
      case 'd':
        printText(terminal, `\n${renderFullNotice()}\n\n${QUESTION}\n${KEYS}`, 'err')
        break
      case 'y':
      case 'yes':
        return record('yes')
      case '':
      case 'n':
      case 'no':
        return record('no')
      case undefined:
        printText(terminal, 'There was no answer, so nothing is recorded.', 'err')
        return 'unclear'
      default:
        printText(terminal, 'Please type y, n, p or d, then Enter. Nothing is recorded yet.', 'err')
    }
  }
  async function record(answer: 'yes' | 'no'): Promise<Answer> {
    const { recorded, message } = await recordAnswer(host, channel, question, answer)
    printText(terminal, `\n${message}`, 'err')
    return recorded === 'nothing' ? 'unclear' : recorded
  }
}

function headingOf({ decidedBy, added }: Decision, agreed: string | undefined): string {
  if (decidedBy === 'another server')
    return agreed
      ? `You said yes to ${agreed}. Sending is paused: another server is set.`
      : 'You said yes while no server was set. Sending is paused: now one is set.'
  if (decidedBy !== 'wider notice') return QUESTION
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
    const shown = await previewDay(host, day, detectEnvironment(host))
    if (shown.body === undefined) continue
    terminal.err(`\nThe summary of ${day}, byte for byte:\n\n${shown.body}\n`)
    printText(terminal, `${notesOn(shown).join('\n')}\n`, 'err')
    return
  }
  printText(
    terminal,
    `\nThere are no logs of the last ${PREVIEWED_DAYS} days, so nothing would be sent for them.\n`,
    'err',
  )
}
