import type { Channel, Decision } from '../consent/consent.ts'
import {
  eraseIdentity,
  readDecision,
  readIdentity,
  recordReceipt,
  recordSetting,
  redrawIdentity,
} from '../consent/record.ts'
import { withLock } from '../files/lock.ts'
import type { Host } from '../host.ts'
import { eraseQueue } from '../queue/queue.ts'
import { forgetAtServer } from './rights.ts'

/** A send under way sees the no within a second; longer it is not waited for. */
const SENDER_STOPS_MS = 3_000

/** A part of a no that the file system did not let us do. */
type Undone = 'the setting' | 'the receipt' | 'deleting queue, id and secret'

/** What a no did. */
export interface Withdrawal {
  /** What holds now; `granted` still, where the no could not be written and a yes stands. */
  decision: Decision
  /** Whether the server deleted what it held; undefined where it was not asked to. */
  forgotten: { outcome: 'done' } | { outcome: 'failed'; why: string } | undefined
  /** What could not be done; each part is tried whatever became of the others. */
  undone: Undone[]
}

/**
 * Records a no, which stops a running send, has the server forget where that is wanted, and takes queue, id and secret
 * from the machine. It sends nothing about the no itself.
 *
 * @param wantsForgetting asked after the no is recorded and before the secret goes.
 */
export async function withdrawConsent(
  host: Host,
  channel: Channel,
  wantsForgetting: () => Promise<boolean> = async () => false,
): Promise<Withdrawal> {
  const record = async () => [
    ...(await tried('the setting', () => recordSetting(host, 'false'))),
    ...(await tried('the receipt', () => recordReceipt(host, 'denied', channel))),
  ]
  const unrecorded = await record()
  const forgotten = (await wantsForgetting()) ? await forgetAtServer(host) : undefined
  const undeleted = await tried('deleting queue, id and secret', () =>
    withoutSender(host, async () => {
      eraseQueue(host)
      eraseIdentity(host)
    }),
  )
  // On a full disk what was deleted may have made the room.
  const undone = [...(unrecorded.length > 0 ? await record() : []), ...undeleted]
  return { decision: readDecision(host), forgotten, undone }
}

async function tried(part: Undone, act: () => unknown): Promise<Undone[]> {
  try {
    await act()
    return []
  } catch {
    return [part]
  }
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

/** Runs something once no sender does; also where none can be waited for, since the base directory can't be written. */
async function withoutSender(host: Host, run: () => Promise<void>): Promise<void> {
  const locked = await withLock(host.directories.ownBase, SENDER_STOPS_MS, run).catch(() => 'busy')
  if (locked === 'busy') await run()
}

/** What a no did on this machine, in sentences for a person. */
export function describeWithdrawal({ decision, undone }: Withdrawal): string {
  if (undone.length === 0) return 'Telemetry is off. The queue, the id and its secret are deleted.'
  const failed = `Could not be done, since the home directory can't be written: ${undone.join('; ')}.`
  return decision.state === 'granted'
    ? `${failed} Telemetry is STILL ON. Set DO_NOT_TRACK=1 in the environment to turn it off.`
    : `${failed} Nothing is sent all the same.`
}

/** What came of it, in a sentence for a person. */
export function describeForgetting(forgotten: Withdrawal['forgotten']): string {
  switch (forgotten?.outcome) {
    case 'done':
      return 'The server has deleted what it held of this installation.'
    case 'failed':
      return `The server has NOT deleted what it holds: ${forgotten.why}. It deletes each event 90 days after its day.`
    case undefined:
      return 'What the server holds, if anything, it deletes 90 days after each day.'
    default:
      throw forgotten satisfies never
  }
}
