import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import type { Channel, Decision } from '../consent/consent.ts'
import { grantConsent } from '../consent/grant.ts'
import { describeAdded, renderFullNotice, renderNotice } from '../consent/notice.ts'
import { openQuestion, whyYesIsVoid } from '../consent/question.ts'
import { readDecision, readReceipt } from '../consent/record.ts'
import { createHost } from '../createHost.ts'
import type { Host } from '../host.ts'
import { describeWithdrawal, withdrawConsent } from '../rights/withdraw.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { previewDay } from '../show/preview.ts'
import { readStatus } from '../show/status.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

/** What came of asking. `not asked`: it was not the time or the place. `unclear`: nothing was recorded. */
export type Answer = 'yes' | 'no' | 'unclear' | 'not asked'

/**
 * Asks a person for consent once: only while nobody has answered, or the notice has widened since the yes, only at a
 * terminal, and never on a CI machine. For a host program to call at its first interactive use.
 *
 * @returns at once and silently where it does not ask.
 * @throws the file system's error where a clear answer can't be recorded.
 */
export async function askOnce(
  host: Host = createHost(),
  terminal: Terminal = processTerminal(),
): Promise<Answer> {
  const decision = readDecision(host)
  const wasAnswered = readReceipt(host)?.decision === 'denied'
  if (decision.state !== 'unset' || wasAnswered || !terminal.isInteractive) return 'not asked'
  return askForConsent(host, terminal, 'prompt')
}

/**
 * Shows the notice and asks, whatever was answered before.
 *
 * @param terminal one with a person at it. Enter alone is a no; anything unclear, the end of input and Ctrl-C record
 *   nothing.
 */
export async function askForConsent(host: Host, terminal: Terminal, channel: Channel): Promise<Answer> {
  const say = (text: string) => terminal.err(`${wrap(text, terminal.columns)}\n`)
  const question = openQuestion(host)
  const decision = readDecision(host)
  say(decision.added.length > 0 ? describeWidening(decision) : renderNotice())
  for (;;) {
    say('\nType y for yes, n or Enter for no, p to see what would be sent, w for every word it can hold.')
    const typed = (await terminal.ask('Send it? [y/N/p/w] '))?.trim().toLowerCase()
    if (typed === 'p') await showPreview(host, terminal)
    else if (typed === 'w') say(`\n${renderFullNotice()}`)
    else if (typed === 'y' || typed === 'yes') return record('yes')
    else if (typed === '' || typed === 'n' || typed === 'no') return record('no')
    else {
      say('\nThat was no clear answer, so nothing is recorded and nothing is sent.')
      return 'unclear'
    }
  }

  async function record(answer: 'yes' | 'no'): Promise<Answer> {
    if (answer === 'no') {
      const withdrawal = await withdrawConsent(host, channel)
      const isWhole = withdrawal.undone.length === 0
      say(
        isWhole
          ? '\nNo it is. You will not be asked again. To change it: voicemode-telemetry enable'
          : `\n${describeWithdrawal(withdrawal)}`,
      )
      return answer
    }
    if (whyYesIsVoid(host, question)) {
      say(
        '\nAnother answer was recorded since this question was shown, so this yes is not. To answer anew: voicemode-telemetry enable',
      )
      return 'unclear'
    }
    const { state } = await grantConsent(host, channel)
    say(
      state === 'granted'
        ? '\nThank you. Each day is sent once it is over. To take it back: voicemode-telemetry disable'
        : `\nYour yes is recorded, but a no stands above it: ${readStatus(host).reason}. Nothing is sent while it does.`,
    )
    return answer
  }
}

function describeWidening({ added }: Decision): string {
  const lines = describeAdded(added).map((line) => `  + ${line}`)
  return [
    'Since your yes to telemetry, the summary can hold more, so sending is paused:',
    '',
    ...lines,
    '',
    'The rest is as before.',
  ].join('\n')
}

/** Today so far, or the newest day of the last week with something to show. */
async function showPreview(host: Host, terminal: Terminal): Promise<void> {
  const today = dayAt(host.now())
  const days: Day[] = Array.from({ length: 8 }, (_, n) => addDays(today, -n))
  for (const day of days) {
    const { body } = await previewDay(host, day, detectEnvironment(host))
    if (body === undefined) continue
    terminal.err(`\nThe summary of ${day}${day === today ? ', so far' : ''}, byte for byte:\n\n${body}`)
    return
  }
  terminal.err('\nThere are no logs of the last 8 days, so nothing would be sent for them.\n')
}
