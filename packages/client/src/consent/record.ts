import { realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deriveTelemetryId, noticeTerms, SECRET_BYTES } from '@voicemode-telemetry/protocol'
import { eraseFile, isUnreadable, readText, writeWhole } from '../files/files.ts'
import type { Host } from '../host.ts'
import { userSettingsPath } from '../settings/directories.ts'
import { type Endpoint, parseEndpoint } from '../settings/endpoint.ts'
import { settingValue, withSetting } from '../settings/settingsFile.ts'
import {
  type Channel,
  CONSENT_SETTING,
  type ConsentInputs,
  type Decision,
  decideConsent,
  ENDPOINT_SETTING,
  type Receipt,
} from './consent.ts'
import { noticeRecord } from './notice.ts'

/** Where the record lies; see {@link Receipt}. */
function recordPaths(host: Host): { receipt: string; secret: string; id: string } {
  const { base } = host.directories
  return {
    receipt: join(base, 'telemetry_consent.json'),
    secret: join(base, 'telemetry_secret'),
    id: join(base, 'telemetry_id'),
  }
}

/** Decides by what stands on the machine right now. Reads only. */
export function readDecision(host: Host): Decision {
  return decideConsent(readConsentInputs(host))
}

function readConsentInputs(host: Host): ConsentInputs {
  return {
    env: host.env,
    projectFile: readProjectFile(host),
    userFile: readSettings(userSettingsPath(host.directories.home)),
    isCI: host.isCI,
    receipt: readReceipt(host),
    noticeTerms: noticeTerms(),
  }
}

/** Where events go: the environment, else the user's file. A project's file can't send a person's data elsewhere. */
export function readEndpoint(host: Host): Endpoint {
  const inFile = settingValue(readText(userSettingsPath(host.directories.home)) ?? '', ENDPOINT_SETTING)
  return parseEndpoint(host.env[ENDPOINT_SETTING] || inFile)
}

/** A settings file that is there and can't be read may say no, so it counts as a no. */
function readSettings(path: string): string | undefined {
  return isUnreadable(path) ? `${CONSENT_SETTING}=false` : readText(path)
}

/** The settings of the working directory, or of the nearest folder above it that has some. The user's own are none. */
function readProjectFile(host: Host): string | undefined {
  const own = join(host.directories.home, '.voicemode')
  const isOwn = (path: string) => dirname(path) === own
  for (let folder = host.workingDirectory; ; folder = dirname(folder)) {
    const texts = [join(folder, '.voicemode.env'), join(folder, '.voicemode', 'voicemode.env')]
      .filter((path) => !isOwn(path))
      .flatMap((path) => readSettings(path) ?? [])
    if (texts.length > 0) return texts.join('\n')
    if (folder === dirname(folder)) return undefined
  }
}

/** The receipt of the last answer; undefined where there is none, or one that can't be understood. */
export function readReceipt(host: Host): Receipt | undefined {
  try {
    const value = JSON.parse(readText(recordPaths(host).receipt) ?? '') as Partial<Receipt>
    const isWhole =
      (value.decision === 'granted' || value.decision === 'denied') &&
      Array.isArray(value.fields) &&
      !Number.isNaN(Date.parse(value.decided_at ?? ''))
    return isWhole ? (value as Receipt) : undefined
  } catch {
    return undefined
  }
}

/** The installation's id; undefined before consent. */
export function readTelemetryId(host: Host): string | undefined {
  return readText(recordPaths(host).id)?.trim() || undefined
}

/** The secret that proves the id to the server; undefined before consent. */
export function readSecret(host: Host): Uint8Array | undefined {
  const text = readText(recordPaths(host).secret)?.trim()
  const bytes = text ? new Uint8Array(Buffer.from(text, 'base64url')) : undefined
  return bytes?.length === SECRET_BYTES ? bytes : undefined
}

export interface Identity {
  telemetryId: string
  /** When the yes was given, in milliseconds since 1970; nothing from before it is reported. */
  since: number
}

/** Who this installation is since its yes; undefined where no yes was recorded. Reads only. */
export function readIdentity(host: Host): Identity | undefined {
  const receipt = readReceipt(host)
  const telemetryId = readTelemetryId(host)
  if (receipt?.decision !== 'granted' || !telemetryId || !readSecret(host)) return undefined
  return { telemetryId, since: sinceOf(receipt) }
}

function sinceOf({ decided_at, id_since }: Receipt): number {
  return Math.max(Date.parse(decided_at), Date.parse(id_since ?? decided_at))
}

/**
 * Makes what a yes needs and is missing: secret, id and receipt. What is there stays.
 *
 * @throws the file system's error where the base directory can't be written.
 */
export async function ensureIdentity(host: Host, channel: Channel): Promise<Identity> {
  const known = readIdentity(host)
  if (known) return known
  const paths = recordPaths(host)
  for (const path of [paths.receipt, paths.secret, paths.id]) mustBeOurs(path)
  const secret = readSecret(host) ?? host.randomBytes(SECRET_BYTES)
  const telemetryId = await deriveTelemetryId(secret)
  write(paths.secret, `${Buffer.from(secret).toString('base64url')}\n`)
  write(paths.id, `${telemetryId}\n`)
  const receipt = readReceipt(host)
  const granted = receipt?.decision === 'granted' ? receipt : await recordReceipt(host, 'granted', channel)
  return { telemetryId, since: sinceOf(granted) }
}

/** Writes the receipt of an answer given now. */
export async function recordReceipt(
  host: Host,
  decision: Receipt['decision'],
  channel: Channel,
): Promise<Receipt> {
  const decided_at = new Date(host.now()).toISOString()
  const receipt: Receipt = { decision, decided_at, channel, ...(await noticeRecord()) }
  write(recordPaths(host).receipt, `${JSON.stringify(receipt, null, 2)}\n`)
  return receipt
}

/**
 * Draws a new id and secret under the same yes. What is not reported yet stays unreported, so that no day is told under
 * two ids. @throws where there is no yes, or the base directory can't be written.
 */
export async function redrawIdentity(host: Host): Promise<Identity> {
  const receipt = readReceipt(host)
  if (receipt?.decision !== 'granted') throw new TypeError('there is no id without a yes')
  eraseIdentity(host)
  const id_since = new Date(host.now()).toISOString()
  write(recordPaths(host).receipt, `${JSON.stringify({ ...receipt, id_since }, null, 2)}\n`)
  return ensureIdentity(host, receipt.channel)
}

/** Writes the answer into the user's settings file; every other byte of it stays. */
export function recordSetting(host: Host, answer: 'true' | 'false'): void {
  const path = userSettingsPath(host.directories.home)
  mustBeOurs(path)
  const text = readText(path) ?? ''
  const changed = withSetting(text, CONSENT_SETTING, answer)
  if (changed === text) return
  const found = statSync(path, { throwIfNoEntry: false })
  // A file that is kept elsewhere and linked to stays there, and keeps its mode.
  const target = found ? realpathSync(path) : path
  writeWhole(target, Buffer.from(changed, 'latin1'), found && found.mode & 0o777)
}

/** Takes the id and its secret from the machine. */
export function eraseIdentity(host: Host): void {
  const { id, secret } = recordPaths(host)
  for (const path of [id, secret]) eraseFile(path)
}

/** In a home that two users share, the other one's record must not be written over. */
function mustBeOurs(path: string): void {
  if (isUnreadable(path))
    throw Object.assign(new Error('the file belongs to another user'), { code: 'EACCES' })
}

function write(path: string, text: string): void {
  writeWhole(path, Buffer.from(text, 'utf8'))
}
