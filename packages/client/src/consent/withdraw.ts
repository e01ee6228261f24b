import { withSenderLock } from '../delivery/lock.ts'
import { eraseQueue } from '../delivery/queue.ts'
import { forgetAtServer } from '../delivery/rights.ts'
import type { Host } from '../host.ts'
import type { Channel, Decision } from './consent.ts'
import {
  eraseIdentity,
  readDecision,
  readIdentity,
  recordReceipt,
  recordSetting,
  redrawIdentity,
} from './record.ts'

/** A send under way sees the no within a second; longer it is not waited for. */
const SENDER_STOPS_MS = 3_000

/** What a no did. `forgotten`: whether the server deleted what it held; undefined where it was not asked to. */
export interface Withdrawal {
  decision: Decision
  forgotten: { outcome: 'done' } | { outcome: 'failed'; why: string } | undefined
}

/**
 * Records a no, which stops a running send, has the server forget where that is wanted, and takes queue, id and secret
 * from the machine. It sends nothing about the no itself.
 *
 * @param wantsForgetting asked after the no is recorded and before the secret goes.
 * @throws the file system's error where the no can't be recorded.
 */
export async function withdrawConsent(
  host: Host,
  channel: Channel,
  wantsForgetting: () => Promise<boolean> = async () => false,
): Promise<Withdrawal> {
  recordSetting(host, 'false')
  await recordReceipt(host, 'denied', channel)
  const forgotten = (await wantsForgetting()) ? await forgetAtServer(host) : undefined
  await withoutSender(host, async () => {
    eraseQueue(host)
    eraseIdentity(host)
  })
  return { decision: readDecision(host), forgotten }
}

/**
 * Goes on under a new id, which nothing ties to the old one. The queue is deleted: it was made under the old id.
 *
 * @returns undefined where there is no id yet.
 */
export async function resetIdentity(host: Host): Promise<string | undefined> {
  if (!readIdentity(host)) return undefined
  let telemetryId: string | undefined
  await withoutSender(host, async () => {
    eraseQueue(host)
    telemetryId = (await redrawIdentity(host)).telemetryId
  })
  return telemetryId
}

/**
 * Has the server delete what it holds, then goes on under a new id where there is a yes: events of the old one would be
 * dropped for a while.
 */
export async function forgetInstallation(host: Host): Promise<NonNullable<Withdrawal['forgotten']>> {
  const forgotten = await forgetAtServer(host)
  if (forgotten.outcome === 'done') await resetIdentity(host)
  return forgotten
}

async function withoutSender(host: Host, run: () => Promise<void>): Promise<void> {
  if ((await withSenderLock(host, SENDER_STOPS_MS, run)) === 'busy') await run()
}
