import type { DurationBin, ExchangeBin, SizeBin } from '@voicemode-telemetry/protocol'

/** The bin of a session's length. @param seconds 0 or more; a lower bound belongs to its bin, an upper one does not. */
export function binDuration(seconds: number): DurationBin {
  if (seconds < 60) return '<1min'
  if (seconds < 300) return '1-5min'
  if (seconds < 600) return '5-10min'
  if (seconds < 1200) return '10-20min'
  if (seconds < 3600) return '20-60min'
  return '>60min'
}

/** The bin of a session's number of exchanges; both ends of a bin belong to it. */
export function binExchanges(exchanges: number): ExchangeBin {
  if (exchanges < 1) return '0'
  if (exchanges <= 5) return '1-5'
  if (exchanges <= 10) return '6-10'
  if (exchanges <= 20) return '11-20'
  return '>20'
}

const KB = 1024

/** The bin of a size. @param bytes 0 or more; 51,200 bytes (50 KB of 1,024) is `50-100KB`. */
export function binSize(bytes: number): SizeBin {
  if (bytes < 50 * KB) return '<50KB'
  if (bytes < 100 * KB) return '50-100KB'
  if (bytes < 200 * KB) return '100-200KB'
  if (bytes < 500 * KB) return '200-500KB'
  return '>500KB'
}

const VERSION = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)(?:-(dev|alpha|beta|rc)\b)?/

/**
 * A version without what could tell one build from another: `2.17.2+local.dev.abc123` is `2.17.2`, `2.17.2-dev.abc123`
 * is `2.17.2-dev`.
 *
 * @returns `MAJOR.MINOR.PATCH`, with `-dev`, `-alpha`, `-beta` or `-rc` where it was marked so; `unknown` for anything else.
 */
export function sanitizeVersionString(version: string): string {
  const match = VERSION.exec(version.trim())
  if (!match) return 'unknown'
  const [major, minor, patch] = match.slice(1, 4).map(Number)
  return `${major}.${minor}.${patch}${match[4] ? `-${match[4]}` : ''}`
}

// Folders that hold home directories, as their names in lower case, below the root or a Windows drive.
const HOMES = [['home'], ['users'], ['var', 'home'], ['export', 'home'], ['documents and settings']]
const DRIVE = /^[a-z]:$/i
const NOTHING_TOLD = '~'

/**
 * A path with nothing of a person in it: at most one level below a home directory, of whatever user and system.
 * `/home/user/Code/project/file.py` is `~/Code`, `C:\Users\Ann\Documents\x` is `~/Documents`, `/opt/app/bin` is `/opt`.
 *
 * @returns `~` for a home directory itself and for anything that can't be judged: a relative path, a network share,
 *   a path with control characters.
 */
export function anonymizePath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return NOTHING_TOLD
  const names = resolve(path.replaceAll('\\', '/'))
  if (!names || names.length === 0) return NOTHING_TOLD
  const inHome = belowHome(names)
  if (inHome) return inHome.length > 0 ? `~/${inHome[0]}` : NOTHING_TOLD
  const [first, second] = names as [string, string?]
  if (!DRIVE.test(first)) return `/${first}`
  return second ? `${first}\\${second}` : `${first}\\`
}

/** The names along an absolute path, `.` and `..` carried out, a home shorthand as a home; undefined if it is not absolute. */
function resolve(path: string): string[] | undefined {
  const shorthand = /^~[^/]*(?=\/|$)/.exec(path)
  const absolute = shorthand ? `/home/someone${path.slice(shorthand[0].length)}` : path
  const isDrivePath = /^[a-z]:\//i.test(absolute)
  if (!isDrivePath && (!absolute.startsWith('/') || absolute.startsWith('//'))) return undefined
  const names: string[] = []
  for (const name of absolute.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

/** What of the names lies below a user's home directory; undefined where they lead to none. */
function belowHome(names: string[]): string[] | undefined {
  const lower = names.map((name) => name.toLowerCase())
  // A Windows drive as Windows writes it, and as WSL, Git Bash and Cygwin mount it.
  const mounts = [/^[a-z]:$/, /^mnt\/[a-z]$/, /^cygdrive\/[a-z]$/, /^[a-z]$/]
  const depth = [1, 2].find((n) => mounts.some((mount) => mount.test(lower.slice(0, n).join('/')))) ?? 0
  if (lower[0] === 'root') return names.slice(1)
  for (const home of HOMES) {
    if (home.every((name, n) => lower[depth + n] === name) && names.length > depth + home.length) {
      return names.slice(depth + home.length + 1)
    }
  }
  return undefined
}
