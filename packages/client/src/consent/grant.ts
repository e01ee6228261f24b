import type { Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import type { Channel, Decision } from './consent.ts'
import { noteEnvironmentNo } from './environmentNo.ts'
import { ensureIdentity, readDecision, recordReceipt, recordSetting } from './record.ts'

/**
 * Records a yes that a person gave: receipt, secret, id and setting. It ends a no of the environment that is remembered,
 * unless this environment says no itself.
 *
 * @returns what holds now, which is still a no where one stands above the yes.
 * @throws the file system's error where the record can't be written; then there is no yes.
 */
export async function grantConsent(host: Host, channel: Channel): Promise<Decision> {
  await recordReceipt(host, 'granted', channel)
  await ensureIdentity(host)
  recordSetting(host, 'true')
  if (readState(host).environmentNo) updateState(host, { environmentNo: undefined })
  noteEnvironmentNo(host)
  return readDecision(host)
}
