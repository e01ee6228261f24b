import { lstatSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Day,
  dayOf,
  encodeEvent,
  isDay,
  MS_PER_DAY,
  readJsonAs,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import {
  type KeptRefusal,
  keptProblemSchema,
  keptRefusalSchema,
} from '@voicemode-telemetry/protocol/wire/problem'
import { moveWhole, readText, writeWhole } from '../files/files.ts'
import type { Directories, Host } from '../host.ts'
import { printable } from './printable.ts'

/** How long an event waits to be sent, in days; then it is deleted unsent. */
export const MAX_QUEUE_AGE_DAYS = 7
const MAX_QUEUE_FILES = 100
const MAX_QUEUE_BYTES = 1024 * 1024
const SENT_KEPT_DAYS = 90
const REJECTED_KEPT_DAYS = 30

/** Where an event's file can be: waiting, taken by the server, or refused by it for good. */
const PLACES = ['queue', 'sent', 'rejected'] as const
export type Place = (typeof PLACES)[number]

export interface EventFile {
  eventId: string
  path: string
  bytes: number
  /** When it came to its place, in milliseconds since 1970. */
  at: number
}

/** Why the server refused an event for good, as far as it said. */
export type Refusal = KeptRefusal

const EVENT_FILE = /^event_([0-9a-f]{16})\.json$/

/** The event files of a place, oldest first; none where the folder is missing or can't be read. */
export function listEvents(host: Host, place: Place): EventFile[] {
  const folder = host.directories[place]
  return names(folder)
    .flatMap((name) => {
      const eventId = EVENT_FILE.exec(name)?.[1]
      const path = join(folder, name)
      const stat = lstatSync(path, { throwIfNoEntry: false })
      // We write files only: whatever else bears such a name is not ours.
      return eventId && stat?.isFile() ? [{ eventId, path, bytes: stat.size, at: stat.mtimeMs }] : []
    })
    .sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1))
}

/** Where an event is, and its bytes; undefined where it was never made here, or is forgotten. */
export function findEvent(host: Host, eventId: string): { place: Place; body: string } | undefined {
  for (const place of PLACES) {
    const body = readEvent(eventPath(host.directories, place, eventId))
    if (body !== undefined) return { place, body }
  }
  return undefined
}

/** The bytes of an event's file as text; undefined where it has gone, or is none that we wrote: a link leads elsewhere. */
export function readEvent(path: string): string | undefined {
  const text = readOwn(path)
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8')
}

/** Puts an event in the queue, as the exact bytes that will be sent. @throws where it can't be written. */
export function enqueue(host: Host, event: TelemetryEvent): EventFile {
  const path = eventPath(host.directories, 'queue', event.event_id)
  const body = Buffer.from(encodeEvent(event), 'utf8')
  writeWhole(path, body)
  stamp(host, path)
  return { eventId: event.event_id, path, bytes: body.length, at: host.now() }
}

/** Moves an event out of the queue once the server took it, or refused it for good. Does nothing if it has gone. */
export function settle(host: Host, file: EventFile, place: 'sent' | 'rejected', refusal?: Refusal): void {
  const path = eventPath(host.directories, place, file.eventId)
  if (refusal) writeWhole(reasonPath(path), Buffer.from(`${JSON.stringify(refusal, null, 2)}\n`, 'utf8'))
  try {
    moveWhole(file.path, path)
  } catch (error) {
    if (!isMissing(error)) throw error
    rmSync(reasonPath(path), { force: true })
    return
  }
  stamp(host, path)
}

/** The server's reason, beside an event it refused: of the file what a person can use, whoever wrote it. */
export function readRefusal(file: EventFile): Refusal | undefined {
  return printable(readJsonAs(keptRefusalSchema, readOwn(reasonPath(file.path)) ?? ''), SHOWN_OF_PROBLEM)
}

/** Of a problem report (RFC 9457) what a person can use; nothing of a text that is none. */
export function readProblem(text: string): Omit<Refusal, 'status'> {
  return printable(readJsonAs(keptProblemSchema, text) ?? {}, SHOWN_OF_PROBLEM)
}

const SHOWN_OF_PROBLEM = { characters: 200, items: 20 }

/**
 * Deletes events that waited too long, and the oldest where there are too many or too much of them.
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
  const dropped = files.filter((file) => !kept.includes(file))
  for (const file of dropped) rmSync(file.path, { force: true })
  return dropped.length
}

/** Deletes history that is past its time. */
export function trimHistory(host: Host): void {
  for (const [place, days] of [
    ['sent', SENT_KEPT_DAYS],
    ['rejected', REJECTED_KEPT_DAYS],
  ] as const) {
    for (const file of listEvents(host, place)) {
      if (host.now() - file.at <= days * MS_PER_DAY) continue
      rmSync(file.path, { force: true })
      rmSync(reasonPath(file.path), { force: true })
    }
  }
}

/** Deletes the whole queue, half-written files too. */
export function eraseQueue(host: Host): void {
  rmSync(host.directories.queue, { recursive: true, force: true })
}

function eventPath(directories: Directories, place: Place, eventId: string): string {
  return join(directories[place], `event_${eventId}.json`)
}

function reasonPath(eventFile: string): string {
  return eventFile.replace(/\.json$/, '.reason.json')
}

/** Ages are told from a file's time, which so has to come from the host's clock. */
function stamp(host: Host, path: string): void {
  utimesSync(path, host.now() / 1000, host.now() / 1000)
}

function readOwn(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readText(path) : undefined
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

/** The day an event file tells of; `unknown` where somebody changed it beyond reading. */
export function dayIn(file: EventFile): Day {
  try {
    const { timestamp } = JSON.parse(readEvent(file.path) ?? '') as { timestamp?: unknown }
    const day = dayOf(String(timestamp))
    return isDay(day) ? day : 'unknown'
  } catch {
    return 'unknown'
  }
}
