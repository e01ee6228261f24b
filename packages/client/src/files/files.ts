import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Only the user may read the files that we write. */
const PRIVATE_MODE = 0o600
/** How Windows says that somebody has a file open. */
const HELD_OPEN = ['EPERM', 'EACCES', 'EBUSY']
const RENAME_TRIES = 10
const RENAME_RETRY_MS = 20

const LOCK_RETRY_MS = 10
/** Holding a lock takes some milliseconds, or a second on a slow disk. Whoever holds it for longer has died. */
const LOCK_LIFETIME_MS = 5_000
/** Others may hold it one after another. */
const MAX_LOCK_WAIT_MS = 6 * LOCK_LIFETIME_MS

/**
 * Runs something while no other process of ours does so for the same file.
 *
 * @throws the file system's error if the lock can't be made beside the file, or if others hold it for 30 seconds.
 */
export function whileLocked<Result>(path: string, run: () => Result): Result {
  const lock = `${path}.lock`
  makeFolders(dirname(path))
  for (const begin = performance.now(); !makeFolder(lock); ) {
    if (performance.now() - begin > MAX_LOCK_WAIT_MS)
      throw Object.assign(new Error('others hold the lock'), { code: 'EBUSY' })
    const madeAt = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    // A time in the future was written before the clock was set back.
    if (Math.abs(Date.now() - madeAt) > LOCK_LIFETIME_MS) rmSync(lock, { recursive: true, force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_RETRY_MS)
  }
  const ours = identityOf(lock)
  try {
    return run()
  } finally {
    // Whoever took us for dead holds it now.
    if (identityOf(lock) === ours) rmSync(lock, { recursive: true, force: true })
  }
}

function identityOf(folder: string): string | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found && `${found.ino} ${found.mtimeMs}`
}

/** Makes a folder, for the owner of the one that it is in. @returns false if there is something of that name already. */
export function makeFolder(path: string): boolean {
  try {
    mkdirSync(path)
    giveAway(path, statSync(dirname(path)))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Makes a folder and those above it that are missing, for the owner of the lowest one that is there. */
export function makeFolders(path: string): void {
  if (isFolder(path)) return
  // Node's recursive option never ends where a folder can't be made, such as below /proc: there mkdir says that the one above is missing.
  const above = dirname(path)
  if (above !== path) makeFolders(above)
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    if (isFolder(path)) return
    throw error
  }
  giveAway(path, statSync(above))
  syncFolder(above)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Only root can give a file or a folder to another user. What anybody else made stays theirs. */
function giveAway(made: string | number, { uid, gid }: Stats): void {
  try {
    if (typeof made === 'number') fchownSync(made, uid, gid)
    else lchownSync(made, uid, gid)
  } catch {}
}

/** Whether a file is there, or may be, but can't be read: one of another user, or in a folder that may not be entered. */
export function isUnreadable(path: string): boolean {
  return readText(path) === undefined && !isMissing(path)
}

/** Whether there is surely nothing at a path. What can't even be looked at may be there. */
export function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}

/** Whether something is at a path, or may be: behind a link that leads nowhere, as to a disk that is not mounted, or in a closed folder. */
export function mayBeThere(path: string): boolean {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })) return true
    const above = dirname(path)
    return above !== path && !statSync(above, { throwIfNoEntry: false }) && mayBeThere(above)
  } catch {
    return true
  }
}

/** Whether a path leads to a regular file that may be read. Opening anything else could take forever. */
export function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Settings, records and events are far smaller. Reading something larger could take forever. */
const MAX_TEXT_BYTES = 256 * 1024

/** The text of a regular file, byte for byte as Latin-1; undefined if it can't be read or is too large. */
export function readText(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found?.isFile() || found.size > MAX_TEXT_BYTES) return undefined
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** The names in a folder; empty if it can't be read. */
export function namesIn(folder: string): string[] {
  return entriesOf(folder).map(({ name }) => name)
}

/** The names of the folders in a folder, and of links, which may lead to a folder; empty if it can't be read. */
export function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** A path with its links followed; unchanged if it leads nowhere. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/**
 * Writes a file completely or not at all: under a temporary name, synced to the disk, then renamed. It belongs to the owner of the file
 * that it replaces, or else of its folder, as far as this process may decide that.
 *
 * @param mode default: only the user may read it.
 * @throws the file system's error, after the temporary file is deleted.
 */
export function writeWhole(path: string, content: Uint8Array, mode = PRIVATE_MODE): void {
  const folder = dirname(path)
  makeFolders(folder)
  const owner = lstatSync(path, { throwIfNoEntry: false }) ?? statSync(folder)
  const temporary = join(folder, `.${basename(path)}.${crypto.randomUUID()}.tmp`)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      giveAway(file, owner)
      fchmodSync(file, mode)
      for (let written = 0; written < content.length; ) written += writeSync(file, content, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    moveWhole(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Changes a text of Latin-1 bytes. If the path is a link, the file that it leads to is changed. The file keeps its mode. */
export function rewrite(path: string, change: (text: string) => string): void {
  const text = readText(path) ?? ''
  const changed = change(text)
  if (changed === text) return
  const found = statSync(path, { throwIfNoEntry: false })
  writeWhole(found ? realpathSync(path) : path, Buffer.from(changed, 'latin1'), found && found.mode & 0o777)
}

/** Deletes a file or a folder for good, if it is there: a power cut does not bring it back. @throws the file system's error. */
export function erase(path: string, recursive = true): void {
  rmSync(path, { recursive, force: true })
  syncFolder(dirname(path))
}

/** As {@link erase}, a file only, with its temporary files, which a process may leave behind when it is killed. @throws the first error, at the end. */
export function eraseFile(path: string): void {
  const remove = (each: string) => () => erase(each, false)
  doEach([remove(path), () => doEach(halfWritten(path).map(remove))])
}

/** The temporary files of a file. @throws if the folder can't be read: they may be there. */
function halfWritten(path: string): string[] {
  const folder = dirname(path)
  if (isMissing(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.startsWith(`.${basename(path)}.`) && name.endsWith('.tmp'))
    .map((name) => join(folder, name))
}

/** Does each of several things, whatever became of the others. @throws the first error, at the end. */
export function doEach(acts: readonly (() => void)[]): void {
  const errors: unknown[] = []
  for (const act of acts) {
    try {
      act()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/**
 * Renames a file. On Windows that fails while somebody has it or the old one open, as a virus scanner does for a moment after a write, so
 * it is tried for a fifth of a second.
 *
 * @param rename stands for the file system's.
 */
export function renamePatiently(
  from: string,
  to: string,
  rename: (from: string, to: string) => void = renameSync,
): void {
  for (let tries = 1; ; tries++) {
    try {
      rename(from, to)
      return
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (tries === RENAME_TRIES || !HELD_OPEN.includes(code)) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RENAME_RETRY_MS)
  }
}

/** Renames a file and makes the new name durable. */
export function moveWhole(from: string, to: string): void {
  makeFolders(dirname(to))
  renamePatiently(from, to)
  syncFolder(dirname(to))
}

/** What changes in a folder survives a power cut only after that is synced. Windows can't open folders, and does not need this. */
function syncFolder(folder: string): void {
  let handle: number | undefined
  try {
    handle = openSync(folder, 'r')
    fsyncSync(handle)
  } catch {
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}
