import { lstatSync, readdirSync, rmSync, type Stats, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Day,
  dayOf,
  encodeEvent,
  isDay,
  MS_PER_DAY,
  storedTime,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { doEach, erase, moveWhole, readText, writeWhole } from '../files/files.ts'
import { hideFolderFromGit } from '../files/gitignore.ts'
import type { Directories, Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import { type Refusal, refusalIn } from './refusal.ts'

/** How many days an event waits to be sent. Then it is deleted unsent. */
export const MAX_QUEUE_AGE_DAYS = 7
const MAX_QUEUE_FILES = 100
const MAX_QUEUE_BYTES = 1024 * 1024
/** How many days a file stays in the history. */
export const HISTORY_KEPT_DAYS = { sent: 90, rejected: 30 } as const

/** Where an event's file can be: waiting, accepted by the server, or refused by it for good. */
export const PLACES = ['queue', 'sent', 'rejected'] as const
export type Place = (typeof PLACES)[number]

export interface EventFile {
  eventId: string
  path: string
  bytes: number
  /** When it was put there, in milliseconds since 1970; now if the file says a time that lies ahead of the clock. */
  at: number
  /** The same as the file says it. */
  stampedAt: number
}

const EVENT_FILE = /^event_([0-9a-f]{16})\.json$/

/** The event files in a place, oldest first. Empty if the folder is missing or can't be read. */
export function listEvents(host: Host, place: Place): EventFile[] {
  const folder = host.directories[place]
  const now = host.now()
  return names(folder)
    .flatMap((name) => {
      const eventId = EVENT_FILE.exec(name)?.[1]
      const path = join(folder, name)
      const stat = statOwn(path)
      if (!eventId || !stat) return []
      const { size: bytes, mtimeMs: stampedAt } = stat
      return [{ eventId, path, bytes, at: storedTime(stampedAt, now), stampedAt }]
    })
    .sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1))
}

/** Where an event is, and its bytes; undefined if it was never made here or is deleted. */
export function findEvent(host: Host, eventId: string): { place: Place; body: string } | undefined {
  for (const place of PLACES) {
    const body = readEvent(eventPath(host.directories, place, eventId))
    if (body !== undefined) return { place, body }
  }
  return undefined
}

/** The bytes of an event's file as text; undefined if it is gone, or is a link. */
export function readEvent(path: string): string | undefined {
  const text = readOwn(path)
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8')
}

/** Queues an event, as the exact bytes that will be sent. @throws the file system's error. */
export function enqueue(host: Host, event: TelemetryEvent): EventFile {
  const path = eventPath(host.directories, 'queue', event.event_id)
  const body = Buffer.from(encodeEvent(event), 'utf8')
  hideFolderFromGit(host.directories.queue)
  writeWhole(path, body)
  stamp(host, path)
  const at = host.now()
  return { eventId: event.event_id, path, bytes: body.length, at, stampedAt: at }
}

/** Moves an event out of the queue, after the server accepted it or refused it for good. Does nothing if the event is gone. */
export function settle(host: Host, file: EventFile, place: 'sent' | 'rejected', refusal?: Refusal): void {
  const path = eventPath(host.directories, place, file.eventId)
  hideFolderFromGit(historyFolder(host.directories))
  if (refusal) writeWhole(reasonPath(path), Buffer.from(`${JSON.stringify(refusal, null, 2)}\n`, 'utf8'))
  try {
    moveWhole(file.path, path)
  } catch (error) {
    rmSync(reasonPath(path), { force: true })
    if (!isMissing(error)) throw error
    return
  }
  stamp(host, path)
}

/** The server's reason for refusing an event, as far as a person can use it. Somebody may have changed its file. */
export function readRefusal(file: EventFile): Refusal | undefined {
  return refusalIn(readOwn(reasonPath(file.path)) ?? '')
}

/**
 * Deletes events that waited too long, then the oldest ones until the queue is within its limits, as far as they can be deleted.
 * Remembers how many, for `status`.
 *
 * @returns how many were deleted.
 */
export function trimQueue(host: Host, maxAgeDays = MAX_QUEUE_AGE_DAYS): number {
  const files = listEvents(host, 'queue')
  let room = MAX_QUEUE_BYTES
  const kept = files
    .filter((file) => host.now() - file.at <= maxAgeDays * MS_PER_DAY)
    .slice(-MAX_QUEUE_FILES)
    .reverse()
    .filter((file) => {
      room -= file.bytes
      return room >= 0
    })
  const dropped = files.filter((file) => !kept.includes(file) && eraseIfPossible(file.path))
  if (dropped.length > 0) {
    const droppedUnsent = (readState(host).droppedUnsent ?? 0) + dropped.length
    updateState(host, { droppedUnsent, lastDroppedAt: host.now() })
  }
  return dropped.length
}

/** Writes down again when files were put where they are, if that lies ahead of the clock. */
export function restampFiles(host: Host): void {
  for (const { path, at, stampedAt } of PLACES.flatMap((place) => listEvents(host, place)))
    if (at !== stampedAt) stamp(host, path)
}

/** Deletes the part of the history that is older than it may be, as far as it can be deleted. */
export function trimHistory(host: Host): void {
  const old = (['sent', 'rejected'] as const).flatMap((place) =>
    listEvents(host, place).filter(({ at }) => host.now() - at > HISTORY_KEPT_DAYS[place] * MS_PER_DAY),
  )
  for (const { path } of old) {
    eraseIfPossible(path)
    eraseIfPossible(reasonPath(path))
  }
}

/** Deletes the whole queue, including half-written files. */
export function eraseQueue(host: Host): void {
  erase(host.directories.queue)
}

/** Deletes the whole history: what was sent, and what was refused. @throws the file system's error. */
export function eraseHistory({ directories }: Host): void {
  const { sent, rejected } = directories
  const paths = [sent, rejected, join(historyFolder(directories), '.gitignore')]
  doEach(paths.map((path) => () => erase(path)))
}

/** The folder in which the places of the history are. */
export function historyFolder({ sent }: Directories): string {
  return dirname(sent)
}

function eventPath(directories: Directories, place: Place, eventId: string): string {
  return join(directories[place], `event_${eventId}.json`)
}

function reasonPath(eventFile: string): string {
  return eventFile.replace(/\.json$/, '.reason.json')
}

/** Ages are computed from a file's time, so that must come from the host's clock. Another user's file keeps its time. */
function stamp(host: Host, path: string): void {
  try {
    utimesSync(path, host.now() / 1000, host.now() / 1000)
  } catch {}
}

/** @returns false if it can't be deleted, as another user's file may not be. */
function eraseIfPossible(path: string): boolean {
  try {
    rmSync(path, { force: true })
    return true
  } catch {
    return false
  }
}

function readOwn(path: string): string | undefined {
  return statOwn(path) && readText(path)
}

/** Of a file of ours; undefined if there is none, or none that may be looked at. We write no links and no folders. */
function statOwn(path: string): Stats | undefined {
  try {
    const stat = lstatSync(path)
    return stat.isFile() ? stat : undefined
  } catch {
    return undefined
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** The day of an event file; `unknown` if somebody has changed it so that it can't be read. */
export function dayIn(file: EventFile): Day {
  try {
    const { timestamp } = JSON.parse(readEvent(file.path) ?? '') as { timestamp?: unknown }
    const day = dayOf(String(timestamp))
    return isDay(day) ? day : 'unknown'
  } catch {
    return 'unknown'
  }
}
