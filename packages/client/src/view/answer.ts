import type { PageAnswer } from '@voicemode-telemetry/protocol'
import type { Channel } from '../consent/consent.ts'
import { grantConsent } from '../consent/grant.ts'
import { type Question, whyYesIsVoid } from '../consent/question.ts'
import type { Host } from '../host.ts'
import { describeWithdrawal, withdrawConsent } from '../rights/withdraw.ts'
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

async function recordYes(host: Host, channel: Channel, question: Question): Promise<PageAnswer> {
  if (whyYesIsVoid(host, question)) {
    const message =
      'Your yes is not recorded, because another answer was recorded after this question was shown. To answer again: voicemode-telemetry enable'
    return { recorded: 'nothing', message }
  }
  const { state } = await grantConsent(host, channel)
  return {
    recorded: 'yes',
    message:
      state === 'granted'
        ? 'Thank you. Each day is sent once it is over. To stop: voicemode-telemetry disable'
        : `Your yes is recorded, but a no overrides it: ${readStatus(host).reason}. Nothing is sent until that no is gone.`,
  }
}
