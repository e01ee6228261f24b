import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isNoFile, makeFile } from '../../store/drivers/sqlite.ts'
import { ageOf } from '../../store/migrate.ts'

/** How long to wait for a server that is writing, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000
const SQLITE_BUSY = 5

/** Why a file is not a database that this server can use; undefined where it is one. Reads all of it. */
export function findFault(path: string): string | undefined {
  if (!existsSync(path)) return 'is not there'
  if (isNoFile(path)) return 'is no regular file'
  try {
    const isWhole = withDatabase(path, (database) => {
      return database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check === 'ok'
    })
    if (!isWhole) return 'is damaged'
    return ageOfFile(path) === 'newer' ? 'was made by a newer version of this server' : undefined
  } catch {
    return 'is no database of this server'
  }
}

/** Whether another process, a server say, has a database open. */
export function isInUse(path: string): boolean {
  if (!existsSync(path)) return false
  const takeAlone = 'PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK'
  try {
    withDatabase(path, (database) => database.exec(takeAlone), { readOnly: false })
    return false
  } catch (error) {
    return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
  }
}

/** How a database file compares to this server. @throws where it is no database of this server. */
export function ageOfFile(path: string): ReturnType<typeof ageOf> {
  const rows = withDatabase(path, (database) => database.prepare('SELECT id FROM migrations').all())
  return ageOf(rows.map(({ id }) => Number(id)))
}

/** Opens a database for as long as it is used. @throws where that fails. */
export function withDatabase<Value>(
  path: string,
  use: (database: DatabaseSync) => Value,
  { readOnly = true } = {},
): Value {
  const database = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS })
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/**
 * Writes a whole, consistent copy of a database, also while a server writes to it. The copy gets its name only when it is
 * whole and on disk, and only its owner may read it: the owner of the file that it replaces, or else of its folder. Changes that wait beside a database of that name (`-wal`) go first:
 * they must never be played into another one.
 *
 * @param finish brings the copy, which it finds at the path it is given, to what it is to be before it gets its name.
 * @throws where it cannot be read or written; then nothing has the name that had it not before.
 */
export async function copyDatabase(
  from: string,
  to: string,
  finish: (path: string) => Promise<void> = async () => {},
): Promise<void> {
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  makeFile(partial, existsSync(to) ? to : dirname(to))
  try {
    withDatabase(from, (database) => database.prepare('VACUUM INTO ?').run(partial), { readOnly: false })
    await finish(partial)
    sync(partial, 'r+')
    for (const suffix of ['-wal', '-shm']) rmSync(to + suffix, { force: true })
    renameSync(partial, to)
    if (process.platform !== 'win32') sync(dirname(to), 'r')
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** Whether two paths lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  if (!existsSync(a) || !existsSync(b)) return false
  const [first, second] = [statSync(a), statSync(b)]
  return first.dev === second.dev && first.ino === second.ino
}

/** @param flags Windows syncs only what was opened for writing; elsewhere a folder can't be. */
function sync(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags)
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
