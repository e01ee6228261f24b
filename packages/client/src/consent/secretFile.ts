import { appendFileSync } from 'node:fs'
import { SECRET_BYTES } from '@voicemode-telemetry/protocol'
import { readText, writeWhole } from '../files/files.ts'
import type { Host } from '../host.ts'
import { isMark, isSameFile, machineMark } from './machineMark.ts'

/**
 * Reads the file of the secret, which has that in its first line, and below it a mark of the machine for which it was drawn. Marks of
 * machines from which the file was copied before stay, so that machines that share a folder don't take turns in drawing a secret.
 *
 * @returns `isOwn`: whether it was made for this machine and place. One that an earlier version wrote has no mark yet, and is.
 */
export function readSecretFile(host: Host, path: string) {
  const [text = '', ...below] = readText(path)?.trim().split('\n') ?? []
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  const marks = below.filter(isMark)
  return {
    secret: bytes.length === SECRET_BYTES ? bytes : undefined,
    marks,
    isOwn: marks.length === 0 || marks.some((mark) => isSameFile(mark, machineMark(host, path))),
  }
}

/** Writes a secret and this machine's mark, behind those of others. @throws the file system's error. */
export function writeSecretFile(
  host: Host,
  path: string,
  secret: Uint8Array,
  marks: readonly string[],
): void {
  // An earlier version reads no further than the padding.
  const lines = [`${Buffer.from(secret).toString('base64url')}=`, ...marks, '']
  writeWhole(path, Buffer.from(lines.join('\n'), 'utf8'))
  // The mark has the inode of the file, which is known only now.
  appendFileSync(path, `${machineMark(host, path)}\n`)
}
