import type { Random } from '../scenes/random.ts'

/** A file. What is not synced may be lost, or cut short, when the power fails. */
export interface FileNode {
  kind: 'file'
  ino: number
  mode: number
  bornMs: number
  mtimeMs: number
  content: Buffer
  /** What the disk surely has; undefined before the first sync. */
  synced: Buffer | undefined
}

/** A folder. Of the changes since its last sync the disk has the first ones, nobody knows how many. */
export interface FolderNode {
  kind: 'folder'
  ino: number
  mode: number
  bornMs: number
  mtimeMs: number
  entries: Map<string, Node>
  synced: Map<string, Node>
  unsynced: Change[]
}

export type Node = FileNode | FolderNode

/** The names that change together, with what they then name. */
type Change = readonly (readonly [name: string, node: Node | undefined])[]

/** What a power failure did. */
export interface Losses {
  /** Files with less than was written, or with an earlier text. */
  torn: number
  /** Names that a rename, a deletion or a new file had changed, and that are as before. */
  names: number
}

/** A disk in memory that keeps apart what was written and what would survive a power failure. */
export class Disk {
  readonly #now: () => number
  readonly #root: FolderNode
  #lastIno = 1

  constructor(now: () => number) {
    this.#now = now
    this.#root = this.#folder(0o755)
  }

  find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of namesOf(path)) {
      if (node?.kind !== 'folder') return undefined
      node = node.entries.get(name)
    }
    return node
  }

  /** @throws as the file system does. */
  get(path: string, call: string): Node {
    const node = this.find(path)
    if (!node) throw fsError('ENOENT', call, path)
    return node
  }

  folderOf(path: string, call: string): [FolderNode, string] {
    const names = namesOf(path)
    const above = this.get(`/${names.slice(0, -1).join('/')}`, call)
    if (above.kind !== 'folder') throw fsError('ENOTDIR', call, path)
    return [above, names.at(-1) ?? '']
  }

  makeFolder(path: string, mode = 0o777): void {
    const [folder, name] = this.folderOf(path, 'mkdir')
    if (folder.entries.has(name)) throw fsError('EEXIST', 'mkdir', path)
    this.#change(folder, [[name, this.#folder(mode)]])
  }

  /** Makes a folder and those above it, for good. */
  makeFolders(path: string): void {
    const names = namesOf(path)
    for (let n = 1; n <= names.length; n++) {
      const each = `/${names.slice(0, n).join('/')}`
      if (this.find(each)) continue
      this.makeFolder(each)
      this.sync(this.folderOf(each, 'sync')[0])
    }
  }

  makeFile(path: string, mode = 0o666): FileNode {
    const [folder, name] = this.folderOf(path, 'open')
    const times = { mode, bornMs: this.#now(), mtimeMs: this.#now() }
    const file: FileNode = {
      kind: 'file',
      ino: ++this.#lastIno,
      ...times,
      content: NOTHING,
      synced: undefined,
    }
    this.#change(folder, [[name, file]])
    return file
  }

  /** Writes a whole file, or appends to it, as another program does that never syncs. */
  write(path: string, text: string | Buffer, how: 'replace' | 'append' = 'replace'): void {
    const found = this.find(path)
    const file = found?.kind === 'file' ? found : this.makeFile(path)
    const bytes = Buffer.from(text)
    this.writeAt(file, bytes, how === 'append' ? file.content.length : 0)
    if (how === 'replace') file.content = file.content.subarray(0, bytes.length)
  }

  writeAt(file: FileNode, bytes: Uint8Array, at: number): void {
    const content = Buffer.alloc(Math.max(file.content.length, at + bytes.length))
    file.content.copy(content)
    content.set(bytes, at)
    file.content = content
    file.mtimeMs = this.#now()
  }

  rename(from: string, to: string): void {
    const node = this.get(from, 'rename')
    const [source, oldName] = this.folderOf(from, 'rename')
    const [target, newName] = this.folderOf(to, 'rename')
    if (source === target) {
      this.#change(source, [
        [newName, node],
        [oldName, undefined],
      ])
    } else {
      this.#change(target, [[newName, node]])
      this.#change(source, [[oldName, undefined]])
    }
  }

  remove(path: string): void {
    const [folder, name] = this.folderOf(path, 'rm')
    if (folder.entries.has(name)) this.#change(folder, [[name, undefined]])
  }

  sync(node: Node): void {
    if (node.kind === 'file') node.synced = node.content
    else {
      node.synced = new Map(node.entries)
      node.unsynced = []
    }
  }

  /** What an operating system does by itself after half a minute. */
  syncAll(node: Node = this.#root): void {
    this.sync(node)
    if (node.kind === 'folder') for (const each of node.entries.values()) this.syncAll(each)
  }

  /** The power fails. Of what was not synced the disk has as much as chance will have it. */
  cutPower(random: Random): Losses {
    const losses = { torn: 0, names: 0 }
    this.#lose(this.#root, random, losses, new Set())
    this.syncAll()
    return losses
  }

  #lose(node: Node, random: Random, losses: Losses, seen: Set<Node>): void {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'file') {
      if (node.synced === node.content) return
      const [before, after] = [node.synced ?? NOTHING, node.content]
      // What is only appended to is not written again.
      const isLonger = after.subarray(0, before.length).equals(before)
      const kept = random.whole(isLonger ? before.length : 0, after.length)
      node.content = random.pick([before, after, after.subarray(0, kept)])
      if (!node.content.equals(after)) losses.torn += 1
      return
    }
    const kept = random.whole(0, node.unsynced.length)
    losses.names += node.unsynced.length - kept
    node.entries = new Map(node.synced)
    for (const change of node.unsynced.slice(0, kept)) apply(node.entries, change)
    for (const each of node.entries.values()) this.#lose(each, random, losses, seen)
  }

  #change(folder: FolderNode, change: Change): void {
    apply(folder.entries, change)
    folder.unsynced.push(change)
    folder.mtimeMs = this.#now()
  }

  #folder(mode: number): FolderNode {
    const times = { mode, bornMs: this.#now(), mtimeMs: this.#now() }
    const [entries, synced] = [new Map<string, Node>(), new Map<string, Node>()]
    return { kind: 'folder', ino: ++this.#lastIno, ...times, entries, synced, unsynced: [] }
  }
}

const NOTHING = Buffer.alloc(0)

const known = new Map<string, string[]>()

function namesOf(path: string): string[] {
  const names = known.get(path) ?? path.split('/').filter((name) => name !== '')
  if (known.size < 10_000) known.set(path, names)
  return names
}

function apply(entries: Map<string, Node>, change: Change): void {
  for (const [name, node] of change) {
    if (node) entries.set(name, node)
    else entries.delete(name)
  }
}

/** An error as Node throws it. */
export function fsError(code: string, call: string, path: string): Error {
  const { stackTraceLimit } = Error
  // A client asks for many files that are not there, and a trace takes long.
  Error.stackTraceLimit = 0
  const error = Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path })
  Error.stackTraceLimit = stackTraceLimit
  return error
}
