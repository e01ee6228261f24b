import { join } from 'node:path'
import { noticeTerms } from '@voicemode-telemetry/protocol'
import { readText, whileLocked, writeWhole } from '../files/files.ts'
import type { Host } from '../host.ts'
import { NO_HOME } from '../settings/directories.ts'
import { type Endpoint, parseEndpoint } from '../settings/endpoint.ts'
import {
  findSettings,
  personalSetting,
  readSettingsTexts,
  type SettingsPaths,
} from '../settings/settingsFiles.ts'
import { readState } from '../settings/state.ts'
import {
  CHANNELS,
  CONSENT_SETTING,
  type ConsentInputs,
  type Decision,
  decideConsent,
  ENDPOINT_SETTING,
  type Receipt,
} from './consent.ts'
import { sinceOf, withoutTimesAhead } from './receiptTimes.ts'
import { readSecretFile } from './secretFile.ts'

/** The files of the record. */
export function recordPaths({ directories: { ownBase: base } }: Host) {
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
  const paths = settingsPathsOf(host)
  return {
    env: host.env,
    ...readAnswerTexts(host, paths),
    hasHome: host.directories.home !== NO_HOME,
    isCI: host.isCI,
    receipt: readReceipt(host),
    remembersNo: Boolean(readState(host).environmentNo),
    noticeTerms: noticeTerms(),
    recipient: readRecipient(host, paths),
  }
}

/** A settings file that exists but can't be read may say no, so it counts as a no. */
const UNREADABLE = `${CONSENT_SETTING}=false`

/** The texts of the settings files that may contain an answer. */
export function readAnswerTexts(host: Host, { user, project } = settingsPathsOf(host)) {
  return {
    userFiles: readSettingsTexts(user, UNREADABLE),
    projectFiles: readSettingsTexts(project, UNREADABLE),
  }
}

function settingsPathsOf({ directories: { home }, workingDirectory }: Host): SettingsPaths {
  return findSettings(home, workingDirectory)
}

/** Where events go, by the environment or the user's own file. A project's file can't redirect a person's data. */
export function readEndpoint(host: Host, paths = settingsPathsOf(host)): Endpoint {
  return parseEndpoint(personalSetting(host.env, paths, ENDPOINT_SETTING))
}

/** The host name of the server that gets the events, with its port if it has one; undefined if none is set. */
export function readRecipient(host: Host, paths?: SettingsPaths): string | undefined {
  const endpoint = readEndpoint(host, paths)
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

/** To be called under {@link whileRecording}. */
export function writeReceipt(host: Host, receipt: Receipt): void {
  write(recordPaths(host).receipt, `${JSON.stringify(receipt, null, 2)}\n`)
}

export function write(path: string, text: string): void {
  writeWhole(path, Buffer.from(text, 'utf8'))
}
