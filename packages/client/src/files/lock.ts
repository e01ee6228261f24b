import { accessSync, constants, lstatSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, makeFolders } from './files.ts'

/** A lock that has not been renewed for this long belongs to a dead process. */
const STALE_MS = 10_000
const RENEWAL_MS = STALE_MS / 2
/** Between two tries while waiting. */
const RETRY_MS = 200
const LOCK = 'telemetry.lock'
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs something while no other process of this machine does.
 *
 * @param folder where the lock is. It is made if it is missing.
 * @param waitMs how long to wait for another process to end; 0 for not at all.
 * @returns what `run` returned, or `busy`.
 * @throws the file system's error if the folder can't be written.
 */
export async function withLock<Result>(
  folder: string,
  waitMs: number,
  run: () => Promise<Result>,
): Promise<Result | 'busy'> {
  makeFolders(folder)
  // Waiting helps only if another process holds the lock.
  accessSync(folder, constants.W_OK)
  const lock = join(folder, LOCK)
  for (let waitedMs = 0; !take(lock); waitedMs += RETRY_MS) {
    if (waitedMs >= waitMs) return 'busy'
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  const release = hold(lock)
  try {
    return await run()
  } finally {
    release()
  }
}

/** Until when a lock that is held now lasts, if its process renews it no more, in milliseconds since 1970; undefined if none is held. */
export function lockedUntil(folder: string): number | undefined {
  const renewedAt = renewalOf(join(folder, LOCK))
  return isHeld(renewedAt) ? renewedAt + STALE_MS : undefined
}

/** Makes the lock, which is a folder: only one process can make it. @returns false if a living process has it. */
function take(lock: string): boolean {
  if (makeFolder(lock)) return true
  if (isHeld(renewalOf(lock))) return false
  rmSync(lock, { recursive: true, force: true })
  return makeFolder(lock)
}

function isHeld(renewedAt: number | undefined): renewedAt is number {
  // A time in the future was written before the clock was set back.
  return renewedAt !== undefined && Math.abs(Date.now() - renewedAt) <= STALE_MS
}

/** Renews the lock until it is released, which also happens where the process ends. @returns what releases it. */
function hold(lock: string): () => void {
  let renewedAt = renew(lock)
  // Another process may take the lock after a long sleep of the machine. A second send is harmless: a day has one id.
  const isOurs = () => renewalOf(lock) === renewedAt
  const renewal = setInterval(() => {
    if (isOurs()) renewedAt = renew(lock)
  }, RENEWAL_MS).unref()
  const release = () => {
    clearInterval(renewal)
    process.off('exit', release)
    for (const signal of ENDING_SIGNALS) process.off(signal, endBy)
    if (isOurs()) rmSync(lock, { recursive: true, force: true })
  }
  const endBy = (signal: NodeJS.Signals) => {
    release()
    // Without another listener the signal would have ended the process.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  process.on('exit', release)
  for (const signal of ENDING_SIGNALS) process.on(signal, endBy)
  return release
}

/** @returns the time that the lock now has, as the file system keeps it; undefined if the lock is gone. */
function renew(lock: string): number | undefined {
  try {
    const now = Date.now() / 1000
    utimesSync(lock, now, now)
  } catch {}
  return renewalOf(lock)
}

function renewalOf(lock: string): number | undefined {
  try {
    return lstatSync(lock).mtimeMs
  } catch {
    return undefined
  }
}
