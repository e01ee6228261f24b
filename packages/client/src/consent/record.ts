import { join } from 'node:path'
import { deriveTelemetryId, noticeTerms, SECRET_BYTES } from '@voicemode-telemetry/protocol'
import {
  doEach,
  eraseFile,
  isUnreadable,
  readText,
  rewrite,
  whileLocked,
  writeWhole,
} from '../files/files.ts'
import { hideFromGit } from '../files/gitignore.ts'
import type { Host } from '../host.ts'
import { NO_HOME } from '../settings/directories.ts'
import { type Endpoint, parseEndpoint } from '../settings/endpoint.ts'
import {
  personalSetting,
  projectSettingsPaths,
  readSettingsTexts,
  userSettingsPaths,
} from '../settings/settingsFiles.ts'
import { readState } from '../settings/state.ts'
import { withoutWords, withSetting } from '../settings/withSetting.ts'
import {
  CHANNELS,
  type Channel,
  CONSENT_SETTING,
  type ConsentInputs,
  type Decision,
  decideConsent,
  ENDPOINT_SETTING,
  NO_WORDS,
  type Receipt,
  YES_WORDS,
} from './consent.ts'
import { type NoticeRecord, noticeRecord } from './notice.ts'
import { sinceOf, withoutTimesAhead } from './receiptTimes.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

/** The files of the record. */
function recordPaths({ directories: { ownBase: base } }: Host) {
  return {
    receipt: join(base, 'telemetry_consent.json'),
    secret: join(base, 'telemetry_secret'),
    id: join(base, 'telemetry_id'),
  }
}

/** The consent decision at this moment, read from the environment and the files. It writes nothing. */
export function readDecision(host: Host): Decision {
  return decideConsent(readConsentInputs(host))
}

function readConsentInputs(host: Host): ConsentInputs {
  return {
    env: host.env,
    ...readAnswerTexts(host),
    hasHome: host.directories.home !== NO_HOME,
    isCI: host.isCI,
    receipt: readReceipt(host),
    remembersNo: Boolean(readState(host).environmentNo),
    noticeTerms: noticeTerms(),
    recipient: readRecipient(host),
  }
}

/** A settings file that exists but can't be read may say no, so it counts as a no. */
const UNREADABLE = `${CONSENT_SETTING}=false`

/** The texts of the settings files that may contain an answer. */
export function readAnswerTexts({ directories: { home }, workingDirectory }: Host) {
  return {
    userFiles: readSettingsTexts(userSettingsPaths(home), UNREADABLE),
    projectFiles: readSettingsTexts(projectSettingsPaths(home, workingDirectory), UNREADABLE),
  }
}

/** Where events go, by the environment or the user's own file. A project's file can't redirect a person's data. */
export function readEndpoint({ env, directories: { home }, workingDirectory }: Host): Endpoint {
  return parseEndpoint(personalSetting(env, home, workingDirectory, ENDPOINT_SETTING))
}

/** The host name of the server that gets the events, with its port if it has one; undefined if none is set. */
export function readRecipient(host: Host): string | undefined {
  const endpoint = readEndpoint(host)
  return endpoint.ok ? new URL(endpoint.base).host : undefined
}

/** What a host name is made of, or nothing for nobody. Anything else must not reach a screen. */
const HOST_NAME = /^[!-~]*$/

/** The receipt of the last answer, see {@link withoutTimesAhead}; undefined if there is none or it can't be understood. */
export function readReceipt(host: Host): Receipt | undefined {
  const stored = readStoredReceipt(host)
  return stored && withoutTimesAhead(stored, host.now())
}

function readStoredReceipt(host: Host): Receipt | undefined {
  try {
    const value = JSON.parse(readReceiptText(host) ?? '') as Partial<Receipt>
    const { decided_at, id_since = decided_at, ahead_of_clock = [] } = value
    const isWhole =
      (value.decision === 'granted' || value.decision === 'denied') &&
      CHANNELS.some((channel) => channel === value.channel) &&
      Array.isArray(value.fields) &&
      (value.recipient === undefined || HOST_NAME.test(value.recipient)) &&
      Array.isArray(ahead_of_clock) &&
      [decided_at, id_since, ...ahead_of_clock].every(isTime)
    return isWhole ? (value as Receipt) : undefined
  } catch {
    return undefined
  }
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

/** The text of the receipt, to notice another answer. */
export function readReceiptText(host: Host): string | undefined {
  return readText(recordPaths(host).receipt)
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The installation's id; undefined before consent, where its file holds something else, and where the record is a copy. */
export function readTelemetryId(host: Host): string | undefined {
  const text = readText(recordPaths(host).id)?.trim() ?? ''
  return UUID.test(text) && !isCopy(host) ? text : undefined
}

/** The secret that proves the id to the server; undefined before consent, and where the record is a copy. */
export function readSecret(host: Host): Uint8Array | undefined {
  const { secret, isOwn } = readSecretFile(host, recordPaths(host).secret)
  return isOwn ? secret : undefined
}

/** Whether the secret was made for another machine or another folder than this one, which then draws one of its own. */
export function isCopy(host: Host): boolean {
  const { secret, isOwn } = readSecretFile(host, recordPaths(host).secret)
  return secret !== undefined && !isOwn
}

/** Whether this machine found a copied secret and drew one of its own in its place. */
export function replacedCopy(host: Host): boolean {
  const { isOwn, marks } = readSecretFile(host, recordPaths(host).secret)
  return isOwn && marks.length > 1
}

export interface Identity {
  telemetryId: string
  /** When the yes was given, in milliseconds since 1970. Nothing that happened before is reported. */
  since: number
}

/** This installation's id, and since when it has it; undefined if no yes is recorded. It writes nothing. */
export function readIdentity(host: Host): Identity | undefined {
  const receipt = readReceipt(host)
  const telemetryId = readTelemetryId(host)
  if (receipt?.decision !== 'granted' || !telemetryId || !readSecret(host)) return undefined
  return { telemetryId, since: sinceOf(receipt, host.now()) }
}

/**
 * Writes down a yes again whose times lie ahead of the clock; see {@link withoutTimesAhead}. It throws nothing. Command, background and
 * sender call it first.
 */
export function correctTimes(host: Host): void {
  const corrected = () => {
    const stored = readStoredReceipt(host)
    const receipt = stored && withoutTimesAhead(stored, host.now())
    return receipt === stored ? undefined : receipt
  }
  try {
    if (!corrected() || readDecision(host).state !== 'granted') return
    whileRecording(host, () => {
      const receipt = corrected()
      if (receipt) writeReceipt(host, receipt)
    })
  } catch {}
}

/**
 * Runs something while no other process of ours changes the record. Whoever decides by the record what to write into it does both here.
 *
 * @param run must not wait for anything.
 * @throws the file system's error if the base directory can't be written.
 */
export function whileRecording<Result>(host: Host, run: () => Result): Result {
  return whileLocked(recordPaths(host).receipt, run)
}

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

function writeReceipt(host: Host, receipt: Receipt): void {
  write(recordPaths(host).receipt, `${JSON.stringify(receipt, null, 2)}\n`)
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

function write(path: string, text: string): void {
  writeWhole(path, Buffer.from(text, 'utf8'))
}
