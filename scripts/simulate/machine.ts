import fs, { type Dirent } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { Random } from '../scenes/random.ts'
import { Disk, type FileNode, type FolderNode, fsError, type Node } from './disk.ts'
import type { Fault } from './faults.ts'
import { type Mortal, running } from './time.ts'

/** What lies below here is on the simulated machine's disk; every other path is the real one's. */
export const ROOT = '/simulated'

/** How a call of the file system goes wrong. */
export type DiskState = 'well' | 'full' | 'read-only'

/** A process of the simulated machine. It dies at any call of the file system, and then can't do anything any more. */
export interface Process extends Mortal {
  name: string
  /** After so many calls it dies, alone or with the machine; undefined if it lives to its end. */
  dies: { atCall: number; of: 'kill' | 'power' } | undefined
  /** Before so many calls something else happens on the machine. */
  interrupted: { atCall: number; act: () => void } | undefined
  /** How likely a call fails, and a write takes only a part. */
  errors: number
  shortWrites: number
  calls: number
  /** What went wrong for it, at its disk or on its way to the server. */
  faults: string[]
}

/** A process was killed. */
export class Killed extends Error {
  override name = 'Killed'
}

interface MachineOptions {
  now: () => number
  random: Random
  fired: (fault: Fault) => void
  /** Lets some time pass, as a slow disk takes. */
  delay: () => Promise<void>
  onPowerCut: () => void
}

/** A machine: its disk, and how that fails. */
export class Machine {
  readonly disk: Disk
  state: DiskState = 'well'
  readonly #options: MachineOptions
  readonly #handles = new Map<number, { node: Node; path: string }>()
  #lastHandle = 1_000_000

  constructor(options: MachineOptions) {
    this.#options = options
    this.disk = new Disk(options.now)
  }

  /** Every call of the file system passes here first. @throws what the call fails with. */
  #enter(call: string, path: string, changes = false): void {
    const process = running.getStore() as Process | undefined
    if (!process) return
    if (process.isDead) throw new Killed()
    process.calls += 1
    if (process.interrupted?.atCall === process.calls) {
      running.exit(process.interrupted.act)
    }
    if (process.dies?.atCall === process.calls) this.#die(process)
    if (changes && this.state === 'read-only') this.#fail(process, 'no permission', 'EACCES', call, path)
    if (changes && this.state === 'full' && ['open', 'mkdir', 'write'].includes(call))
      this.#fail(process, 'disk full', 'ENOSPC', call, path)
    if (call !== 'close' && this.#options.random.chance(process.errors))
      this.#fail(process, changes ? 'write that fails' : 'read that fails', 'EIO', call, path)
  }

  #die(process: Process): never {
    process.isDead = true
    process.faults.push('died')
    if (process.dies?.of === 'power') this.#options.onPowerCut()
    else this.#options.fired('crash')
    throw new Killed()
  }

  #fail(process: Process, fault: Fault, code: string, call: string, path: string): never {
    this.#options.fired(fault)
    process.faults.push(fault)
    throw fsError(code, call, path)
  }

  /** What the client uses of `node:fs`, on this disk. */
  readonly calls = {
    accessSync: (path: string, mode = 0) => {
      this.#enter('access', path)
      this.disk.get(path, 'access')
      if (mode & fs.constants.W_OK && this.state === 'read-only') {
        const process = running.getStore() as Process | undefined
        if (process) this.#fail(process, 'no permission', 'EACCES', 'access', path)
      }
    },
    existsSync: (path: string) => {
      const process = running.getStore() as Process | undefined
      if (process?.isDead) throw new Killed()
      return this.disk.find(path) !== undefined
    },
    statSync: (path: string, options?: StatOptions) => this.#stat('stat', path, options),
    lstatSync: (path: string, options?: StatOptions) => this.#stat('lstat', path, options),
    statfsSync: (path: string) => {
      this.#enter('statfs', path)
      return { type: 0xef53 }
    },
    realpathSync: (path: string) => {
      this.#enter('realpath', path)
      this.disk.get(path, 'realpath')
      return path
    },
    readdirSync: (path: string, options?: { withFileTypes?: boolean }) => {
      this.#enter('scandir', path)
      const folder = this.disk.get(path, 'scandir')
      if (folder.kind !== 'folder') throw fsError('ENOTDIR', 'scandir', path)
      const entries = [...folder.entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
      return options?.withFileTypes
        ? entries.map(([name, node]) => direntOf(name, node))
        : entries.map(([name]) => name)
    },
    readFileSync: (path: string, encoding?: BufferEncoding) => {
      this.#enter('read', path)
      const { content } = this.#file(path, 'read')
      return encoding ? content.toString(encoding) : Buffer.from(content)
    },
    mkdirSync: (path: string, mode?: number) => {
      this.#enter('mkdir', path, true)
      this.disk.makeFolder(path, mode)
    },
    rmSync: (path: string, options: { force?: boolean; recursive?: boolean } = {}) => {
      this.#enter('rm', path, this.disk.find(path) !== undefined)
      const found = this.disk.find(path)
      if (!found && !options.force) throw fsError('ENOENT', 'rm', path)
      if (found?.kind === 'folder') {
        if (!options.recursive) throw fsError('EISDIR', 'rm', path)
        for (const name of found.entries.keys()) this.calls.rmSync(`${path}/${name}`, options)
      }
      if (found) this.disk.remove(path)
    },
    renameSync: (from: string, to: string) => {
      this.#enter('rename', to, true)
      this.disk.rename(from, to)
    },
    utimesSync: (path: string, _atime: number, mtime: number) => {
      this.#enter('utimes', path, true)
      this.disk.get(path, 'utimes').mtimeMs = mtime * 1000
    },
    lchownSync: () => {},
    fchownSync: () => {},
    fchmodSync: (handle: number, mode: number) => {
      this.#of(handle).node.mode = mode
    },
    openSync: (path: string, flags: string, mode?: number) => {
      this.#enter('open', path, flags !== 'r')
      const found = this.disk.find(path)
      if (!found && flags === 'r') throw fsError('ENOENT', 'open', path)
      if (found && flags.includes('x')) throw fsError('EEXIST', 'open', path)
      this.#handles.set(++this.#lastHandle, { node: found ?? this.disk.makeFile(path, mode), path })
      return this.#lastHandle
    },
    writeSync: (handle: number, bytes: Uint8Array, offset = 0) => {
      const { node, path } = this.#of(handle)
      const rest = bytes.subarray(offset)
      const process = running.getStore() as Process | undefined
      const isShort = process && rest.length > 1 && this.#options.random.chance(process.shortWrites)
      const wasDead = process?.isDead
      const part = isShort ? rest.subarray(0, this.#options.random.whole(1, rest.length - 1)) : rest
      try {
        this.#enter('write', path, true)
      } catch (error) {
        if (error instanceof Killed && isShort && !wasDead) {
          this.#options.fired('write torn by a crash')
          this.#append(node, part)
        }
        throw error
      }
      if (isShort) this.#options.fired('write of a part')
      this.#append(node, part)
      return part.length
    },
    appendFileSync: (path: string, text: string) => {
      this.#enter('open', path, this.disk.find(path) === undefined)
      const found = this.disk.find(path)
      const file = found ?? this.disk.makeFile(path)
      const bytes = Buffer.from(text)
      const wasDead = running.getStore()?.isDead
      try {
        this.#enter('write', path, true)
      } catch (error) {
        if (error instanceof Killed && !wasDead) {
          this.#options.fired('write torn by a crash')
          this.#append(file, bytes.subarray(0, this.#options.random.whole(0, bytes.length)))
        }
        throw error
      }
      this.#append(file, bytes)
    },
    fsyncSync: (handle: number) => {
      const { node, path } = this.#of(handle)
      this.#enter('fsync', path)
      this.disk.sync(node)
    },
    closeSync: (handle: number) => {
      this.#handles.delete(handle)
    },
  }

  /** `open` of `node:fs/promises`, for reading. */
  async open(path: string) {
    this.#enter('open', path)
    const { content } = this.#file(path, 'open')
    const machine = this
    return {
      async read(buffer: Buffer, offset: number, length: number, position: number) {
        await machine.#options.delay()
        machine.#enter('read', path)
        return { bytesRead: content.copy(buffer, offset, position, position + length), buffer }
      },
      async stat() {
        machine.#enter('fstat', path)
        return { size: content.length }
      },
      async close() {},
    }
  }

  #append(node: Node, bytes: Uint8Array): void {
    if (node.kind === 'file') this.disk.writeAt(node, bytes, node.content.length)
  }

  #file(path: string, call: string): FileNode {
    const node = this.disk.get(path, call)
    if (node.kind !== 'file') throw fsError('EISDIR', call, path)
    return node
  }

  #of(handle: number): { node: FileNode | FolderNode; path: string } {
    const open = this.#handles.get(handle)
    if (!open) throw fsError('EBADF', 'handle', String(handle))
    return open
  }

  #stat(call: string, path: string, options: StatOptions = {}) {
    this.#enter(call, path)
    const node = this.disk.find(path)
    if (!node && options.throwIfNoEntry === false) return undefined
    if (!node) throw fsError('ENOENT', call, path)
    const { ino, mode, mtimeMs, bornMs } = node
    const shown = {
      ...{ mode, mtimeMs, uid: 1000, gid: 1000, size: node.kind === 'file' ? node.content.length : 0 },
      isFile: () => node.kind === 'file',
      isDirectory: () => node.kind === 'folder',
      isSymbolicLink: () => false,
    }
    return options.bigint
      ? { ...shown, ino: BigInt(ino), birthtimeNs: BigInt(Math.round(bornMs)) * 1_000_000n }
      : { ...shown, ino }
  }
}

interface StatOptions {
  throwIfNoEntry?: boolean
  bigint?: boolean
}

function direntOf(name: string, { kind }: Node): Dirent {
  const isFolder = kind === 'folder'
  return {
    name,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
    isSymbolicLink: () => false,
  } as Dirent
}

/** Has what this Node process does below {@link ROOT} happen on a simulated machine's disk. */
export function takeDisk(machine: () => Machine): void {
  const isOurs = (path: unknown) =>
    (typeof path === 'string' && path.startsWith(ROOT)) || (typeof path === 'number' && path > 1_000_000)
  const real = fs as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const name of Object.keys(new Machine(NOBODYS).calls)) {
    const own = real[name]
    real[name] = (...args) => {
      if (!isOurs(args[0])) return own?.(...args)
      const calls = machine().calls as unknown as typeof real
      return calls[name]?.(...args)
    }
  }
  const open = fs.promises.open
  fs.promises.open = ((path: string, ...rest: []) =>
    isOurs(path) ? machine().open(path) : open(path, ...rest)) as typeof open
  syncBuiltinESMExports()
}

const NOBODYS: MachineOptions = {
  now: () => 0,
  random: undefined as never,
  fired: () => {},
  delay: async () => {},
  onPowerCut: () => {},
}
