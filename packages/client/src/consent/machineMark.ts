import { readFileSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { realPath } from '../files/files.ts'
import type { Host } from '../host.ts'

/** What a mark has where nothing is known. */
const UNKNOWN = '-'
/** What Linux calls file systems: the layers of a container's image, and folders that several machines share (NFS, SMB). */
const [IMAGE, SHARED] = [[0x794c7630], [0x6969, 0xff534d42, 0xfe534d42]]
const FIELD = '(?:[0-9a-f]{16}|-)'
const MARK = new RegExp(`^${FIELD}(?: ${FIELD}){3}$`)

/**
 * What tells a file on this machine from its copy elsewhere, as 16 hex digits each for the machine's id, its host name, the file's path
 * and the file itself. It says none of these to whoever reads it, and is never sent.
 */
export function machineMark(host: Host, path: string): string {
  const known = [
    isOn(SHARED, path) ? undefined : machineId(host),
    host.hostName,
    realPath(path),
    fileId(host, path),
  ]
  return known.map((value) => (value === undefined ? UNKNOWN : hash(value))).join(' ')
}

export function isMark(line: string): boolean {
  return MARK.test(line)
}

/**
 * Whether a file that was marked is still that file, by its mark and the one that it would get now. On one machine, by the machine's
 * id, it may be renamed, or restored from a backup to its place. Where no id of the machine is known, a file with its inode and time of
 * birth is the same one, and one at its place is where the host name is the same.
 */
export function isSameFile(mark: string, now: string): boolean {
  const [same, sameHost, samePath, sameFile] = mark.split(' ').map((value, n) => {
    const current = now.split(' ')[n]
    return value === UNKNOWN || current === UNKNOWN ? undefined : value === current
  })
  if (same !== undefined) return same && (samePath === true || sameFile === true)
  return sameFile === true || (sameHost === true && samePath === true)
}

/** Where the operating system and what starts a virtual machine keep what they drew for this one. */
const MACHINE_ID = 'etc/machine-id'
const OTHER_IDS = ['var/lib/cloud/data/instance-id', 'proc/device-tree/serial-number']

/** The id that the operating system has drawn; undefined where it has none, or one of a container's image. */
function machineId({ systemRoot }: Host): string | undefined {
  const path = join(systemRoot, MACHINE_ID)
  const id = readLine(path)
  if (!/^[0-9a-f]{32}$/.test(id) || isOn(IMAGE, path)) return undefined
  return [id, ...OTHER_IDS.map((other) => readLine(join(systemRoot, other)))].join('\n')
}

function fileId({ hostName }: Host, path: string): string | undefined {
  try {
    const { ino, birthtimeNs } = statSync(path, { bigint: true })
    // A file of an image is the same one in each of its containers, which have host names of their own.
    return [ino, birthtimeNs, ...(isOn(IMAGE, path) ? [hostName] : [])].join('\n')
  } catch {
    return undefined
  }
}

function isOn(fileSystems: readonly number[], path: string): boolean {
  try {
    return fileSystems.includes(statfsSync(path).type)
  } catch {
    return false
  }
}

function readLine(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return ''
  }
}

/** FNV-1a with 64 bits. To load SHA-256 would take a command longer than all else that it does at its start. */
function hash(text: string): string {
  let hashed = 0xcbf29ce484222325n
  for (const byte of Buffer.from(`voicemode-telemetry\n${text}`))
    hashed = BigInt.asUintN(64, (hashed ^ BigInt(byte)) * 0x100000001b3n)
  return hashed.toString(16).padStart(16, '0')
}
