import { closeSync, fdatasync, openSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Host } from '../../host.ts'

/** It is emptied when it is larger than this, in bytes: then somebody who reads has kept SQLite from beginning it anew. */
const MAX_BYTES = 67_108_864
/** How long to wait until it is tried again, in milliseconds. */
const RETRY_MS = 1_000

/** SQLite's log of writes, the file `-wal` beside a database. */
export interface WriteLog {
  /** Empties it where that is due: at once, and otherwise as soon as nobody reads what is in it. @param erases see `Statement`. */
  afterCommit(erases: boolean): void
  /** Resolves when all that was committed is safely on disk; everything else goes on meanwhile. */
  flush(): Promise<void>
  /** Whether something that was deleted may still be in it. */
  holdsDeleted(): boolean
  close(): void
}

const flushByThread: (file: number) => Promise<void> = promisify(fdatasync)

/**
 * Empties the log of a database that was just opened: whoever used it before may have been stopped too early. Waits for nobody.
 *
 * @param database with a `busy_timeout` of 0.
 * @param path of the log; undefined where the database is in memory.
 * @param flushFile stands for the file system's.
 */
export function createWriteLog(
  database: DatabaseSync,
  path: string | undefined,
  after: Host['after'],
  flushFile = flushByThread,
): WriteLog {
  let holdsDeleted = true
  let isPutOff = false
  let file: number | undefined
  let failure: unknown
  let flushing: Promise<void> = Promise.resolve()
  /** The flush after that one, for all that is committed until it begins. */
  let next: Promise<void> | undefined

  function empty() {
    if (isEmptied(database)) holdsDeleted = false
    else tryLater()
  }

  function tryLater() {
    if (isPutOff) return
    isPutOff = true
    after(RETRY_MS, () => {
      isPutOff = false
      if (database.isOpen) empty()
    })
  }

  function isTooLarge(): boolean {
    return path !== undefined && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES
  }

  function flushNext(): Promise<void> {
    next = undefined
    flushing = flushNow()
    return flushing
  }

  async function flushNow() {
    file ??= openSync(path as string, 'r+')
    try {
      if (!failure) return await flushFile(file)
    } catch (error) {
      failure = error
    }
    // What the system failed to write it does not try again, so all of it has to be written anew, into the database.
    if (!isEmptied(database)) throw failure
    failure = undefined
  }

  empty()
  return {
    afterCommit(erases) {
      holdsDeleted ||= erases
      if (erases) empty()
      else if (isTooLarge()) tryLater()
    },
    async flush() {
      if (path === undefined) return
      // One at a time: of several for one file the system tells only one that it failed.
      next ??= flushing.then(flushNext, flushNext)
      await next
    },
    holdsDeleted: () => holdsDeleted,
    close() {
      if (file !== undefined) closeSync(file)
    },
  }
}

/** Moves all of it into the database and cuts it to nothing, and answers whether that was done. */
function isEmptied(database: DatabaseSync): boolean {
  try {
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
  } catch {
    // A disk that fails or is full: what was committed is safe all the same.
    return false
  }
}
