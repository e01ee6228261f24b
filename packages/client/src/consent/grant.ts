import type { Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import type { Channel, Decision } from './consent.ts'
import { noteEnvironmentNo } from './environmentNo.ts'
import { noticeRecord } from './notice.ts'
import { type Question, type VoidYes, whyYesIsVoid } from './question.ts'
import { readDecision, readRecipient, whileRecording } from './record.ts'
import { isCurrent, prepareIdentity, recordIdentity, recordReceipt, recordSetting } from './writeRecord.ts'

/**
 * Records a person's yes: receipt, secret, id and setting. It ends a remembered no, unless this process's environment says no too.
 *
 * @returns the decision that applies now. It is still a no if something overrides the yes.
 * @throws the file system's error if the yes can't be recorded; then there is no yes.
 */
export async function grantConsent(host: Host, channel: Channel): Promise<Decision> {
  await recordYes(host, channel, readRecipient(host), () => undefined)
  return readDecision(host)
}

/**
 * As {@link grantConsent}, for a yes to a question.
 *
 * @param leastMs see {@link whyYesIsVoid}.
 * @returns why the yes does not count, if it does not; then nothing is recorded.
 */
export async function grantAnswer(
  host: Host,
  channel: Channel,
  question: Question,
  leastMs?: number,
): Promise<Decision | VoidYes> {
  const why = await recordYes(host, channel, question.recipient ?? NOBODY, () =>
    whyYesIsVoid(host, question, leastMs),
  )
  return why ?? readDecision(host)
}

/** The recipient of a yes to a question that named no server. Once one is set, the person is asked again. */
const NOBODY = ''

/** Records a yes, unless it is void at the moment at which it is written. */
async function recordYes(
  host: Host,
  channel: Channel,
  recipient: string | undefined,
  whyVoid: () => VoidYes | undefined,
): Promise<VoidYes | undefined> {
  const notice = await noticeRecord()
  for (;;) {
    const proof = await prepareIdentity(host)
    // A yes that is void leaves no trace, not even of the lock.
    const why = whyVoid()
    if (why) return why
    const done = whileRecording(host, () => {
      const whyNow = whyVoid()
      if (whyNow) return whyNow
      if (!isCurrent(host, proof)) return 'identity changed'
      recordIdentity(host, proof, () => recordReceipt(host, 'granted', channel, notice, recipient))
      recordSetting(host, 'true')
      if (readState(host).environmentNo) updateState(host, { environmentNo: undefined })
      return 'recorded'
    })
    if (done === 'identity changed') continue
    noteEnvironmentNo(host)
    return done === 'recorded' ? undefined : done
  }
}
