import { processTerminal, type Terminal, wrap } from '@voicemode-telemetry/command-line'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Channel, Decision } from '../consent/consent.ts'
import { grantConsent } from '../consent/grant.ts'
import { describeAdded, renderFullNotice, renderNotice } from '../consent/notice.ts'
import { openQuestion, type Question, whyYesIsVoid } from '../consent/question.ts'
import { readDecision, readReceipt } from '../consent/record.ts'
import { createHost } from '../createHost.ts'
import type { Host } from '../host.ts'
import { describeWithdrawal, withdrawConsent } from '../rights/withdraw.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { previewDay } from '../show/preview.ts'
import { readStatus } from '../show/status.ts'

/** How asking ended. `not asked`: there was no reason to ask, or nobody to ask. `unclear`: nothing was recorded. */
export type Answer = 'yes' | 'no' | 'unclear' | 'not asked'

/**
 * Asks a person for consent once: only if nobody has answered yet or new fields were added since the yes, only at a terminal,
 * and never on a CI machine. For a program to call when a person first uses it.
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
  if (decision.state !== 'unset' || saidNo || !terminal.isInteractive) return 'not asked'
  return askForConsent(host, terminal, 'prompt')
}

/**
 * Shows the notice and asks, whatever was answered before.
 *
 * @param terminal must have a person at it. Enter alone is a no. An unclear answer, the end of input and Ctrl-C record
 *   nothing.
 */
export async function askForConsent(host: Host, terminal: Terminal, channel: Channel): Promise<Answer> {
  const question = openQuestion(host)
  const decision = readDecision(host)
  say(terminal, decision.added.length > 0 ? describeWidening(decision) : renderNotice())
  for (;;) {
    say(
      terminal,
      '\nType y for yes, n or Enter for no, p to preview what would be sent, w for every word it can contain.',
    )
    const typed = (await terminal.ask('Send it? [y/N/p/w] '))?.trim().toLowerCase()
    switch (typed) {
      case 'p':
        await showPreview(host, terminal)
        break
      case 'w':
        say(terminal, `\n${renderFullNotice()}`)
        break
      case 'y':
      case 'yes':
        return recordYes(host, terminal, channel, question)
      case '':
      case 'n':
      case 'no':
        return recordNo(host, terminal, channel)
      default:
        say(terminal, '\nThat was not a clear answer. Nothing is recorded, and nothing is sent.')
        return 'unclear'
    }
  }
}

function say(terminal: Terminal, text: string): void {
  terminal.err(`${wrap(text, terminal.columns)}\n`)
}

async function recordNo(host: Host, terminal: Terminal, channel: Channel): Promise<Answer> {
  const withdrawal = await withdrawConsent(host, channel)
  say(
    terminal,
    withdrawal.undone.length === 0
      ? '\nYour no is recorded. You will not be asked again. To change your answer: voicemode-telemetry enable'
      : `\n${describeWithdrawal(withdrawal)}`,
  )
  return 'no'
}

async function recordYes(
  host: Host,
  terminal: Terminal,
  channel: Channel,
  question: Question,
): Promise<Answer> {
  if (whyYesIsVoid(host, question)) {
    say(
      terminal,
      '\nYour yes is not recorded, because another answer was recorded after this question was shown. To answer again: voicemode-telemetry enable',
    )
    return 'unclear'
  }
  const { state } = await grantConsent(host, channel)
  say(
    terminal,
    state === 'granted'
      ? '\nThank you. Each day is sent once it is over. To stop: voicemode-telemetry disable'
      : `\nYour yes is recorded, but a no overrides it: ${readStatus(host).reason}. Nothing is sent until that no is gone.`,
  )
  return 'yes'
}

function describeWidening({ added }: Decision): string {
  return [
    'Since you said yes, new fields were added to the summary. Sending is paused until you answer. New are:',
    '',
    ...describeAdded(added).map((line) => `  + ${line}`),
    '',
    'Everything else is unchanged.',
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
    terminal.err(`\nThe summary of ${day}${day === today ? ', so far' : ''}, byte for byte:\n\n${body}`)
    return
  }
  terminal.err(`\nThere are no logs of the last ${PREVIEWED_DAYS} days, so nothing would be sent for them.\n`)
}
