import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { namesIn } from '../files/files.ts'
import type { Host } from '../host.ts'
import { historyFolder } from '../queue/queue.ts'
import { userSettingsPaths } from '../settings/settingsFiles.ts'
import { withTilde } from './tilde.ts'

/** Files and folders that another user owns and this one can't use. */
export interface ForeignFiles {
  /** With `~` for the home directory. A folder stands for itself and for the files in it. */
  paths: string[]
  /** A command for a shell that gives them to the person. */
  remedy: string
}

/** What a command may leave that once ran as another user; null if there is nothing. */
export function findForeignFiles(host: Host): ForeignFiles | null {
  const { home, ownBase, queue, sent, rejected } = host.directories
  const standard = join(home, '.voicemode')
  const history = historyFolder(host.directories)
  const isOthers = (path: string) => isForeign(path, host.userId)
  const inside = (folder: string) => namesIn(folder).map((name) => join(folder, name))
  const single = [
    ...new Set([standard, ...userSettingsPaths(home), ownBase, join(ownBase, '.gitignore')]),
    ...inside(ownBase).filter((path) => path.startsWith(join(ownBase, 'telemetry')) && path !== queue),
    ...[dirname(history), history],
  ]
  const paths = [
    ...single.filter(isOthers),
    ...[queue, sent, rejected].filter((folder) => [folder, ...inside(folder)].some(isOthers)),
  ]
  if (paths.length === 0) return null
  // Another base directory may hold more than VoiceMode's files.
  const given = new Set(
    paths.map((path) => (`${path}${sep}`.startsWith(`${standard}${sep}`) ? standard : path)),
  )
  return {
    paths: paths.map((path) => withTilde(host, path)),
    remedy: `sudo chown -R "$USER" ${[...given].map((path) => inShell(path, withTilde(host, path))).join(' ')}`,
  }
}

/** The same in a sentence. */
export function describeForeignFiles({ paths, remedy }: ForeignFiles): string {
  return `another user owns ${paths.join(', ')}, so you can't use them. To make them yours: ${remedy}`
}

/** As a word for a shell, which expands `~` only where nothing needs quotes. */
function inShell(path: string, short: string): string {
  return /^[\w~/.@:+-]+$/.test(short) ? short : `'${path.replaceAll("'", "'\\''")}'`
}

function isForeign(path: string, userId: number | undefined): boolean {
  const found = statIfPossible(path)
  return found !== undefined && userId !== undefined && found.uid !== userId && !isUsable(path, found)
}

function statIfPossible(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

function isUsable(path: string, found: Stats): boolean {
  const { R_OK, W_OK, X_OK } = constants
  try {
    accessSync(path, found.isDirectory() ? R_OK | W_OK | X_OK : R_OK | W_OK)
    return true
  } catch {
    return false
  }
}
