import { EVENT_RETENTION_DAYS } from '@voicemode-telemetry/protocol'
import type { Channel, Decision } from '../consent/consent.ts'
import { noticeRecord } from '../consent/notice.ts'
import { isCopy, readDecision, readIdentity, whileRecording } from '../consent/record.ts'
import {
  ensureIdentity,
  eraseIdentity,
  recordReceipt,
  recordSetting,
  retireIdentity,
} from '../consent/writeRecord.ts'
import { doEach } from '../files/files.ts'
import { withLock } from '../files/lock.ts'
import type { Host } from '../host.ts'
import { eraseQueue } from '../queue/queue.ts'
import { readState, updateState } from '../settings/state.ts'
import type { Deletion, RightsFailure } from './rights.ts'

/** A running send notices the no within a second, so it is not waited for much longer. */
const SENDER_STOPS_MS = 3_000

/** A part of a no that failed. */
type Undone = 'writing the setting' | 'writing the receipt' | 'deleting the queue, the id and its secret'

/** What a no did. */
export interface Withdrawal {
  /** The decision that applies now. It is still `granted` if the no could not be written. */
  decision: Decision
  /** Whether the server deleted its events; undefined if it was not asked to. */
  forgotten: Deletion | RightsFailure | undefined
  /** The parts that failed. Each part is tried, even if another one failed. */
  undone: Undone[]
}

/**
 * Records a no, which stops a running send. If wanted, it has the server delete its events. Then it deletes queue, id and secret.
 * Nothing is sent about the no itself.
 *
 * @param wantsForgetting called after the no is recorded and before the secret is deleted.
 */
export async function withdrawConsent(
  host: Host,
  channel: Channel,
  wantsForgetting: () => Promise<boolean> = async () => false,
): Promise<Withdrawal> {
  const notice = await noticeRecord()
  const record = () =>
    lockedIfPossible(host, () => [
      ...tried('writing the setting', () => recordSetting(host, 'false')),
      ...tried('writing the receipt', () => recordReceipt(host, 'denied', channel, notice)),
    ])
  const unrecorded = record()
  const forgotten = (await wantsForgetting())
    ? await (await import('./rights.ts')).forgetAtServer(host)
    : undefined
  const erased = withoutSender(host, async () =>
    doEach([() => eraseQueue(host), () => eraseIdentity(host), () => eraseTimeOfDay(host)]),
  )
  const undeleted = await erased.then<Undone[], Undone[]>(
    () => [],
    () => ['deleting the queue, the id and its secret'],
  )
  // If the disk was full, deleting may have made room.
  const undone = [...(unrecorded.length > 0 ? record() : []), ...undeleted]
  return { decision: readDecision(host), forgotten, undone }
}

/** A no is recorded in any case, also where no lock can be made. */
function lockedIfPossible(host: Host, record: () => Undone[]): Undone[] {
  try {
    return whileRecording(host, record)
  } catch {
    return record()
  }
}

function tried(part: Undone, act: () => unknown): Undone[] {
  try {
    act()
    return []
  } catch {
    return [part]
  }
}

/**
 * Deletes the id, and the queue, whose events have it. Under a yes it makes a new id that nothing links to the old one; under a no the
 * next yes makes it.
 *
 * @returns the new id; undefined if none was made.
 */
export async function resetIdentity(host: Host): Promise<string | undefined> {
  if (!readIdentity(host) && !isCopy(host)) return undefined
  let telemetryId: string | undefined
  await withoutSender(host, async () => {
    eraseQueue(host)
    retireIdentity(host)
    eraseTimeOfDay(host)
    if (readDecision(host).state === 'granted') telemetryId = (await ensureIdentity(host))?.telemetryId
  })
  return telemetryId
}

/**
 * Has the server delete its events, then deletes the id, whose events the server drops for a while. If there is a yes, it continues
 * under a new id.
 */
export async function forgetInstallation(host: Host): Promise<Deletion | RightsFailure> {
  const forgotten = await (await import('./rights.ts')).forgetAtServer(host)
  if (forgotten.outcome === 'done') await resetIdentity(host)
  return forgotten
}

/** Two ids whose events come at the same time of day would look like one. */
function eraseTimeOfDay(host: Host): void {
  if (readState(host).timeOfDayMs !== undefined) updateState(host, { timeOfDayMs: undefined })
}

/** Runs something while no send runs, or anyway if that can't be ensured because the base directory can't be written. */
async function withoutSender(host: Host, run: () => Promise<void>): Promise<void> {
  const locked = await withLock(host.directories.ownBase, SENDER_STOPS_MS, run).catch(() => 'busy')
  if (locked === 'busy') await run()
}

/** What came of {@link forgetInstallation}, in a sentence or two for a person. */
export function describeForgetInstallation(forgotten: Deletion | RightsFailure): string {
  const told = describeForgetting(forgotten)
  return forgotten.outcome === 'unknown'
    ? `${told} Ask again until it is known: if it has deleted them, it also drops new events under this id for some days.`
    : told
}

/** What a no did on this machine, for a person. */
export function describeWithdrawal({ decision, undone }: Withdrawal): string {
  if (undone.length === 0) return 'Telemetry is off. The queue, the id and its secret are deleted.'
  const failed = `This failed, because the home directory can't be written: ${undone.join('; ')}.`
  return decision.state === 'granted'
    ? `${failed} Telemetry is STILL ON. Set DO_NOT_TRACK=1 in the environment to turn it off.`
    : `${failed} Nothing is sent anyway.`
}

/** Whether the server deleted its events, in a sentence for a person. */
export function describeForgetting(forgotten: Withdrawal['forgotten']): string {
  switch (forgotten?.outcome) {
    case 'done':
      return `The server has deleted its events of this installation, and named its id: ${forgotten.telemetry_id}.`
    case 'failed':
      return `The server has NOT deleted its events: ${forgotten.why}. It deletes each event ${EVENT_RETENTION_DAYS} days after its day.`
    case 'unknown':
      return `It is NOT KNOWN whether the server has deleted its events: ${forgotten.why}. It deletes each event ${EVENT_RETENTION_DAYS} days after its day.`
    case 'no secret':
      return `The server was not asked: ${forgotten.why}.`
    case undefined:
      return `The server was not asked to delete anything now. It deletes each event ${EVENT_RETENTION_DAYS} days after its day, if you have not had it deleted already.`
    default:
      throw forgotten satisfies never
  }
}
