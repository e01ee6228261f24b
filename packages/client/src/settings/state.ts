import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { McpHost } from '@voicemode-telemetry/protocol'
import { storedTime } from '@voicemode-telemetry/protocol'
import { eraseFile, isMissing, readText, whileLocked, writeWhole } from '../files/files.ts'
import { hideFromGit } from '../files/gitignore.ts'
import type { Host } from '../host.ts'

/** What a process remembers for later ones. Times are in milliseconds since 1970. */
export interface SenderState {
  /** When the next request may be made at the earliest, by the server's `Retry-After`. */
  notBefore?: number
  /** Why the last event that was tried still waits, and what a person can do; nothing once one was sent. */
  lastFailure?: { at: number; why: string; remedy?: string } | undefined
  /** The proxy that the last request went through, without user and password; null if there was none. */
  lastProxy?: string | null
  /** When the last background send began. It may lie ahead of the clock: then the next one is due. */
  lastBackgroundAt?: number
  /** The time of day of this machine's background send, in milliseconds after midnight UTC. Drawn anew with each id. */
  timeOfDayMs?: number | undefined
  /** From when on the events that wait may be tried again in the background; nothing if a retry would not help them. */
  retryAt?: number | undefined
  /** How many sends in a row ended with such events. */
  failedSends?: number | undefined
  /** How many events were deleted unsent, because they were too old or the queue was full. */
  droppedUnsent?: number
  lastDroppedAt?: number
  /**
   * When a send last believed this machine's clock, and what was seen of one that has leapt since. It speaks for the clock or against
   * it, and so may lie ahead.
   */
  clock?: { believedAt: number; doubt?: { since: number; seenAt: number } }
  /** Which assistant VoiceMode was last used from, if that was known. */
  caller?: Caller
  /** The variable that said no in some process's environment while there was a yes, and when that was noticed, as it was written. */
  environmentNo?: { variable: string; at: number } | undefined
}

/** Which assistant VoiceMode is used from; empty if that is not known. */
export interface Caller {
  mcpHost?: McpHost
}

/** A file that can't be read may remember a no, and then it counts as one. */
const UNREADABLE: SenderState = { environmentNo: { variable: 'unreadable', at: 0 } }

/**
 * Empty if nothing is remembered. If the file is there and can't be read, the state says no. Times that lie ahead of the clock count as
 * now, unless it says otherwise beside them.
 */
export function readState(host: Host): SenderState {
  const state = readStoredState(host)
  const { notBefore, lastFailure, retryAt, lastDroppedAt } = state
  const now = host.now()
  return {
    ...state,
    ...(notBefore !== undefined && { notBefore: storedTime(notBefore, now) }),
    ...(retryAt !== undefined && { retryAt: storedTime(retryAt, now) }),
    ...(lastDroppedAt !== undefined && { lastDroppedAt: storedTime(lastDroppedAt, now) }),
    ...(lastFailure && { lastFailure: { ...lastFailure, at: storedTime(lastFailure.at, now) } }),
  }
}

/** As {@link readState}, with all times as they were written. */
export function readStoredState(host: Host): SenderState {
  const path = statePath(host)
  const text = readText(path)
  if (text === undefined) return isMissing(path) ? {} : UNREADABLE
  try {
    const state: unknown = JSON.parse(text)
    return typeof state === 'object' && state !== null && !Array.isArray(state) ? state : UNREADABLE
  } catch {
    return UNREADABLE
  }
}

/** Changes a part of what is remembered, one process at a time. @throws the file system's error if it can't be written. */
export function updateState(host: Host, change: SenderState): void {
  const path = statePath(host)
  whileLocked(path, () => {
    if (!existsSync(path)) hideFromGit(host.directories.ownBase)
    const state = { ...readState(host), ...change }
    writeWhole(path, Buffer.from(`${JSON.stringify(state, null, 2)}\n`, 'utf8'))
  })
}

/** Forgets all of it. Only after a no, which it may be the only record of. @throws the file system's error. */
export function eraseState(host: Host): void {
  eraseFile(statePath(host))
}

function statePath(host: Host): string {
  return join(host.directories.ownBase, 'telemetry_state.json')
}
