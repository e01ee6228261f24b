import type { Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import type { Channel, Decision } from './consent.ts'
import { noteEnvironmentNo } from './environmentNo.ts'
import { ensureIdentity, readDecision, recordReceipt, recordSetting } from './record.ts'

/**
 * Records a person's yes: receipt, secret, id and setting. It ends a remembered no, unless this process's environment says no too.
 *
 * @returns the decision that applies now. It is still a no if something overrides the yes.
 * @throws the file system's error if the yes can't be recorded; then there is no yes.
 */
export async function grantConsent(host: Host, channel: Channel): Promise<Decision> {
  await recordReceipt(host, 'granted', channel)
  await ensureIdentity(host)
  recordSetting(host, 'true')
  if (readState(host).environmentNo) updateState(host, { environmentNo: undefined })
  noteEnvironmentNo(host)
  return readDecision(host)
}
