import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchownSync,
  openSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Failed, failureOf } from '../../failure.ts'
import type { Host } from '../../host.ts'
import type { Driver, Row } from '../driver.ts'
import { type Prepared, type SqlValue, type Statement, textOf } from '../statement.ts'
import { createWriteLog } from './sqliteWriteLog.ts'

/** How long to wait for another process that is writing, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000
/**
 * How far the log of writes grows before it is copied into the file, for which all else waits: 62 MB, so that a page changed often is
 * copied once, and that fewer than one answer of a hundred waits. It then begins anew at its start, below `MAX_BYTES` of the log.
 */
const PAGES_PER_CHECKPOINT = 15_000
/** How long until it is tried again, in milliseconds. Everything else goes on meanwhile. */
const BUSY_RETRY_MS = 20
const afterInNode: Host['after'] = (ms, run) => void setTimeout(run, ms)
/** What must be left on the disk, in bytes; the log of writes beside the file may grow by some of it with any commit. */
const MIN_ROOM_BYTES = 1_048_576

/**
 * Opens a database file, or makes one that only its owner may read: the owner of its folder, if root makes it.
 *
 * @param path a file, or `:memory:` for one that is gone with the process.
 * @param after puts off what another program keeps from being done now.
 * @throws where the file cannot be opened or is no database.
 */
export function openSqlite(path: string, after = afterInNode): Driver {
  const isFile = path !== ':memory:'
  if (isFile) openOrMake(path)
  const database = openConnection(path, isFile)
  const files = isFile ? [path, logOf(path)] : []
  const log = createWriteLog(database, files[1], after)
  const inodeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.ino
  // The log stays the same file for as long as anybody has the database open.
  const inodes = files.map(inodeOf)
  const run = createRun(database)

  function runAll(statements: readonly Statement[]): Row[][] {
    database.exec(begin(statements))
    try {
      const rows = statements.map(run)
      database.exec('COMMIT')
      return rows
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  /** An open file can be written after it was deleted, and all of it would be lost. */
  function mustStillBeThere() {
    if (database.isOpen && files.some((file, n) => inodeOf(file) !== inodes[n]))
      throw new Failed({ kind: 'missing' })
  }

  return {
    engine: 'sqlite',
    async batch(statements) {
      const rows = await unlessBusy(() => {
        mustStillBeThere()
        return needsTransaction(statements) ? runAll(statements) : statements.map(run)
      }, after)
      if (statements.some(({ readOnly }) => !readOnly)) {
        log.afterCommit(statements.some(({ erases }) => erases))
        await log.flush()
      }
      return rows
    },
    deletionWaits: log.holdsDeleted,
    async checkWrites(statements) {
      mustStillBeThere()
      if (isFile) mustHaveRoom(path)
      // To run them would wait for whoever writes, and so would all else in this process.
      for (const statement of statements) database.prepare(textOf(statement))
    },
    async prepareDay() {},
    async tidy() {},
    async close() {
      log.close()
      database.close()
    },
  }
}

function createRun(database: DatabaseSync): (given: Statement) => Row[] {
  const prepared = new Map<string, { statement: StatementSync; names: string[] }>()

  function prepare(sql: string) {
    let known = prepared.get(sql)
    if (!known) {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      known = { statement, names: statement.columns().map(({ name }) => name) }
      prepared.set(sql, known)
    }
    return known
  }

  return (given) => {
    if (given.work) {
      given.work((sql) => prepare(sql).statement as unknown as Prepared)
      return []
    }
    const { statement, names } = prepare(textOf(given))
    // To read many rows as arrays and make them objects here takes a third of what the engine's own objects take.
    return readAll(statement, given).map((values) => {
      const row: Row = {}
      for (let at = 0; at < names.length; at++) row[names[at] as string] = values[at] as SqlValue
      return row
    })
  }
}

function openConnection(path: string, isFile: boolean): DatabaseSync {
  // Where SQLite, which reads this once, puts what is temporary: the database's disk must have the room, and no other may be writable.
  if (isFile) process.env.SQLITE_TMPDIR ??= dirname(resolve(path))
  // A name that begins with file: would be read as a URL with options.
  const database = new DatabaseSync(isFile ? resolve(path) : path, { timeout: BUSY_TIMEOUT_MS })
  // NORMAL, for the log of writes is flushed after each commit: SQLite would keep the whole process waiting for the disk.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
    PRAGMA wal_autocheckpoint = ${PAGES_PER_CHECKPOINT}; PRAGMA busy_timeout = 0`)
  return database
}

/** SQLite follows links, and has its log beside the file itself. */
function logOf(path: string): string {
  return `${realpathSync(path)}-wal`
}

function needsTransaction(statements: readonly Statement[]): boolean {
  return statements.length > 1 || statements.some(({ work }) => work)
}

/** What is temporary stays in memory, except that of a migration, which may be as large as the whole file. */
function begin(statements: readonly Statement[]): string {
  return `PRAGMA temp_store = ${statements.some(({ migrates }) => migrates) ? 'FILE' : 'MEMORY'}; BEGIN IMMEDIATE`
}

/** Waits for another program without SQLite, which would keep the whole process waiting. */
async function unlessBusy<Value>(work: () => Value, after: Host['after']): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += BUSY_RETRY_MS) {
    try {
      return work()
    } catch (error) {
      if (waitedMs >= BUSY_TIMEOUT_MS || failureOf(error).kind !== 'busy') throw error
    }
    await new Promise<void>((resolve) => after(BUSY_RETRY_MS, resolve))
  }
}

/** Whether something other than a file has that name: a folder, or a pipe, at which whoever opens it may wait forever. */
export function isNoFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isFile()
}

function openOrMake(path: string): void {
  if (isNoFile(path)) throw new Failed({ kind: 'missing' })
  try {
    makeFile(path, dirname(path))
  } catch {
    closeSync(openSync(path, 'a', 0o600))
  }
}

/**
 * Makes an empty file that only its owner may read.
 *
 * @param like whose owner it gets, as far as this process may decide that: only root can give a file to another user.
 * @throws where it cannot be made, or where something of that name is there.
 */
export function makeFile(path: string, like: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    const { uid, gid } = statSync(like)
    fchownSync(file, uid, gid)
  } catch {
  } finally {
    closeSync(file)
  }
}

/**
 * Looks whether a database file may be written and its disk has room.
 *
 * @throws what keeps it from being written.
 */
export function mustHaveRoom(path: string): void {
  accessSync(path, constants.W_OK)
  const { bavail, bsize } = statfsSync(path)
  if (bavail * bsize < MIN_ROOM_BYTES) throw new Failed({ kind: 'full' })
}

/** Whole numbers beyond 2^53, which no server of ours writes, are read as the nearest ones: they must not keep other rows from being read. */
function readAll(statement: StatementSync, { values, readOnly }: Statement): SqlValue[][] {
  const all = () => statement.all(...values) as unknown as (SqlValue | bigint)[][]
  try {
    return all() as SqlValue[][]
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
    if (!isTooLarge || !readOnly) throw error
    statement.setReadBigInts(true)
    try {
      return all().map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)))
    } finally {
      statement.setReadBigInts(false)
    }
  }
}
