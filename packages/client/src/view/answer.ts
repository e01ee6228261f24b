import type { PageAnswer } from '@voicemode-telemetry/protocol'
import type { Channel } from '../consent/consent.ts'
import { grantAnswer } from '../consent/grant.ts'
import type { Question, VoidYes } from '../consent/question.ts'
import { readDecision, readReceipt } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { describeWithdrawal, withdrawConsent } from '../rights/withdraw.ts'
import { describeSchedule } from '../show/schedule.ts'
import { readStatus } from '../show/status.ts'

/**
 * Records a person's clear answer to a question. A no always counts. A yes counts only if nothing was recorded since the question was
 * shown.
 *
 * @throws the file system's error if a yes can't be recorded.
 */
export async function recordAnswer(
  host: Host,
  channel: Channel,
  question: Question,
  answer: 'yes' | 'no',
): Promise<PageAnswer> {
  return answer === 'no' ? recordNo(host, channel) : recordYes(host, channel, question)
}

async function recordNo(host: Host, channel: Channel): Promise<PageAnswer> {
  const withdrawal = await withdrawConsent(host, channel)
  const { undone } = withdrawal
  const message =
    undone.length === 0
      ? 'Your no is recorded. You will not be asked again. To change your answer: voicemode-telemetry enable'
      : describeWithdrawal(withdrawal)
  return { recorded: undone.includes('writing the setting') ? 'nothing' : 'no', message }
}

/**
 * Records a person's yes to a question, if it counts.
 *
 * @param leastMs how long a person needs at least, if a machine could answer instead. Default: 0.
 * @throws the file system's error if it can't be recorded.
 */
export async function recordYes(
  host: Host,
  channel: Channel,
  question: Question,
  leastMs?: number,
): Promise<PageAnswer> {
  const granted = await grantAnswer(host, channel, question, leastMs)
  if (typeof granted === 'string') return { recorded: 'nothing', message: describeVoidYes(host, granted) }
  const message =
    granted.state === 'granted'
      ? `Thank you.\n${describeSchedule(readStatus(host))}\nTo stop: voicemode-telemetry disable`
      : `Your yes is recorded, but a no overrides it: ${readStatus(host).reason}. Nothing is sent until that no is gone.`
  return { recorded: 'yes', message }
}

/** Why a yes is not recorded, and how a person can say it after all. */
export function describeVoidYes(host: Host, why: VoidYes): string {
  const isNo = readDecision(host).state === 'denied' || readReceipt(host)?.decision === 'denied'
  const answer = isNo ? 'a no' : 'another answer'
  const reason =
    why === 'too fast'
      ? 'it came faster than anybody can read the question'
      : `${answer} was recorded after the question was shown`
  return `That yes is not recorded, because ${reason}. To say yes after all, type this in a terminal: voicemode-telemetry enable`
}
