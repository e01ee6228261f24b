import type { Host } from '../host.ts'
import type { Channel, Decision } from './consent.ts'
import { ensureIdentity, readDecision, recordReceipt, recordSetting } from './record.ts'

/**
 * Records a yes that a person gave: receipt, secret, id and setting.
 *
 * @returns what holds now, which is still a no where one stands above the yes.
 * @throws the file system's error where the record can't be written; then there is no yes.
 */
export async function grantConsent(host: Host, channel: Channel): Promise<Decision> {
  await recordReceipt(host, 'granted', channel)
  await ensureIdentity(host, channel)
  recordSetting(host, 'true')
  return readDecision(host)
}
