import type { DurationBin, ExchangeBin, SizeBin } from '@voicemode-telemetry/protocol'

/** The bin of a session's length. @param seconds 0 or more. A bin includes its lower bound, but not its upper bound. */
export function binDuration(seconds: number): DurationBin {
  if (seconds < 60) return '<1min'
  if (seconds < 300) return '1-5min'
  if (seconds < 600) return '5-10min'
  if (seconds < 1200) return '10-20min'
  if (seconds < 3600) return '20-60min'
  return '>60min'
}

/** The bin of a session's number of exchanges. A bin includes both bounds. */
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
 * Removes everything from a version that could identify a single build: `2.17.2+local.dev.abc123` becomes `2.17.2`, and
 * `2.17.2-dev.abc123` becomes `2.17.2-dev`.
 *
 * @returns `MAJOR.MINOR.PATCH`, followed by `-dev`, `-alpha`, `-beta` or `-rc` if the version has that; else `unknown`.
 */
export function sanitizeVersionString(version: string): string {
  const match = VERSION.exec(version.trim())
  if (!match) return 'unknown'
  const [major, minor, patch] = match.slice(1, 4).map(Number)
  return `${major}.${minor}.${patch}${match[4] ? `-${match[4]}` : ''}`
}

// Folders that contain home directories, in lower case, below the root or a Windows drive.
const HOMES = [['home'], ['users'], ['var', 'home'], ['export', 'home'], ['documents and settings']]
const DRIVE = /^[a-z]:$/i
const NOTHING_TOLD = '~'

/**
 * Removes everything personal from a path, of any user and system. At most one level below a home directory stays:
 * `/home/user/Code/project/file.py` becomes `~/Code`, `C:\Users\Ann\Documents\x` becomes `~/Documents`, and `/opt/app/bin` becomes `/opt`.
 *
 * @returns `~` for a home directory itself, and for any path that can't be judged: one that is relative, on a network share, or
 *   contains control characters.
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

/** The names along an absolute path, with `.`, `..` and `~` resolved; undefined if the path is not absolute. */
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

/** The names below a user's home directory; undefined if the path leads to none. */
function belowHome(names: string[]): string[] | undefined {
  const lower = names.map((name) => name.toLowerCase())
  // A Windows drive, as Windows writes it and as WSL, Git Bash and Cygwin mount it.
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
