import { withSenderLock } from '../delivery/lock.ts'
import { eraseQueue } from '../delivery/queue.ts'
import type { Host } from '../host.ts'
import type { Channel, Decision } from './consent.ts'
import { eraseIdentity, readDecision, recordReceipt, recordSetting } from './record.ts'

/** A send under way sees the no within a second; longer it is not waited for. */
const SENDER_STOPS_MS = 3_000

/** Records a no, which stops a running send, and takes queue, id and secret from the machine. */
export async function withdrawConsent(host: Host, channel: Channel): Promise<Decision> {
  recordSetting(host, 'false')
  await recordReceipt(host, 'denied', channel)
  const erase = async () => {
    eraseQueue(host)
    eraseIdentity(host)
  }
  if ((await withSenderLock(host, SENDER_STOPS_MS, erase)) === 'busy') await erase()
  return readDecision(host)
}
