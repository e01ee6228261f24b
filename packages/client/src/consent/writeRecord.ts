import { deriveTelemetryId, SECRET_BYTES } from '@voicemode-telemetry/protocol'
import { doEach, eraseFile, isUnreadable, rewrite } from '../files/files.ts'
import { hideFromGit } from '../files/gitignore.ts'
import type { Host } from '../host.ts'
import { userSettingsPaths } from '../settings/settingsFiles.ts'
import { withoutWords, withSetting } from '../settings/withSetting.ts'
import { type Channel, CONSENT_SETTING, NO_WORDS, type Receipt, YES_WORDS } from './consent.ts'
import { type NoticeRecord, noticeRecord } from './notice.ts'
import { sinceOf } from './receiptTimes.ts'
import {
  type Identity,
  readDecision,
  readIdentity,
  readReceipt,
  readSecret,
  recordPaths,
  whileRecording,
  write,
  writeReceipt,
} from './record.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

/** A secret and the id that it proves. */
interface Proof {
  secret: Uint8Array
  telemetryId: string
  /** Whether the secret was on the machine already. */
  isKnown: boolean
}

/** Prepares a secret and its id, or those that the machine has. It writes nothing. */
export async function prepareIdentity(host: Host): Promise<Proof> {
  const known = readSecret(host)
  const secret = known ?? host.randomBytes(SECRET_BYTES)
  return { secret, telemetryId: await deriveTelemetryId(secret), isKnown: known !== undefined }
}

/** Whether no secret was made or deleted since this one was prepared. */
export function isCurrent(host: Host, { secret, isKnown }: Proof): boolean {
  const found = readSecret(host)
  return isKnown ? found !== undefined && Buffer.compare(found, secret) === 0 : found === undefined
}

/**
 * Writes a secret and its id, and the receipt before them: whoever is stopped in between has no new id with the time of a lost one. To be
 * called under {@link whileRecording}, if it {@link isCurrent}.
 */
export function recordIdentity(host: Host, proof: Proof, recordFirst: () => Receipt): Receipt {
  const paths = recordPaths(host)
  for (const path of [paths.receipt, paths.secret, paths.id]) mustBeOurs(path)
  const { marks } = readSecretFile(host, recordPaths(host).secret)
  if (!proof.isKnown) hideFromGit(host.directories.ownBase)
  const receipt = recordFirst()
  if (!proof.isKnown || marks.length === 0) writeSecretFile(host, paths.secret, proof.secret, marks)
  write(paths.id, `${proof.telemetryId}\n`)
  return receipt
}

/**
 * Makes what a yes needs and what is missing: secret, id and, for a yes in the environment, the receipt. Where the secret of a yes is
 * lost, or a copy of another machine's, it draws another one, under whose id nothing that happened before is reported.
 *
 * @returns undefined if there is no yes any more.
 * @throws the file system's error if the base directory can't be written.
 */
export async function ensureIdentity(host: Host): Promise<Identity | undefined> {
  for (;;) {
    const known = readIdentity(host)
    if (known && readSecretFile(host, recordPaths(host).secret).marks.length > 0) return known
    const [proof, notice] = [await prepareIdentity(host), await noticeRecord()]
    const made = whileRecording(host, () => {
      const { state, decidedBy } = readDecision(host)
      if (state !== 'granted') return 'no consent'
      if (!isCurrent(host, proof)) return undefined
      const receipt = readReceipt(host)
      if (receipt?.decision === 'granted')
        return recordIdentity(host, proof, () => (proof.isKnown ? receipt : recordIdSince(host, receipt)))
      // A person's yes has a receipt, even if it could not be read just now.
      if (decidedBy !== 'environment') return undefined
      return recordIdentity(host, proof, () => recordReceipt(host, 'granted', 'environment', notice))
    })
    if (made === 'no consent') return undefined
    if (made) return { telemetryId: proof.telemetryId, since: sinceOf(made, host.now()) }
  }
}

/** Writes the receipt of an answer that was just given. To be called under {@link whileRecording}. @param recipient see {@link Receipt}. */
export function recordReceipt(
  host: Host,
  decision: Receipt['decision'],
  channel: Channel,
  notice: NoticeRecord,
  recipient?: string,
): Receipt {
  const decided_at = new Date(host.now()).toISOString()
  const given = { decision, decided_at, channel, ...(recipient !== undefined && { recipient }) }
  const receipt: Receipt = { ...given, ...notice }
  writeReceipt(host, receipt)
  return receipt
}

/**
 * Deletes id and secret. Under a yes, which then makes new ones, what is not reported yet will never be, so no day is reported under
 * two ids.
 *
 * @throws if the base directory can't be written.
 */
export function retireIdentity(host: Host): void {
  whileRecording(host, () => {
    eraseIdentity(host)
    const receipt = readReceipt(host)
    if (receipt?.decision === 'granted') recordIdSince(host, receipt)
  })
}

/** Notes that nothing that happened until now is reported under the id that a yes has. */
function recordIdSince(host: Host, receipt: Receipt): Receipt {
  const renewed = { ...receipt, id_since: new Date(host.now()).toISOString() }
  writeReceipt(host, renewed)
  return renewed
}

/** The words that contradict an answer. */
const OTHER_WORDS = { true: [...NO_WORDS, 'ask'], false: [...YES_WORDS, 'ask'] }

/**
 * Writes the answer into the user's settings file, and changes every line that contradicts it. Every other byte stays.
 *
 * @throws the file system's error.
 */
export function recordSetting(host: Host, answer: 'true' | 'false'): void {
  const [read, passedOver] = userSettingsPaths(host.directories.home)
  for (const path of [read, passedOver]) mustBeOurs(path)
  rewrite(read, (text) => withSetting(text, CONSENT_SETTING, answer, OTHER_WORDS[answer]))
  rewrite(passedOver, (text) => withoutWords(text, CONSENT_SETTING, answer, OTHER_WORDS[answer]))
}

/** Deletes the secret, then the id, so that whoever finds one missing can't make the same id again. */
export function eraseIdentity(host: Host): void {
  const { id, secret } = recordPaths(host)
  doEach([secret, id].map((path) => () => eraseFile(path)))
}

/** Two users may share a home directory. The record of the other one must not be overwritten. */
function mustBeOurs(path: string): void {
  if (isUnreadable(path))
    throw Object.assign(new Error('the file belongs to another user'), { code: 'EACCES' })
}
