import type { Writable } from 'node:stream'
import type { LineWriter } from '../host.ts'

/** How much may wait for a reader that does not read, in bytes. */
const MAX_WAITING_BYTES = 65_536

/** Writes a log to a stream. What it cannot write, because its reader is gone or does not read, is lost and counted. */
export function createLineWriter(stream: Pick<Writable, 'write' | 'writableLength' | 'on'>): LineWriter {
  let lost = 0
  stream.on('error', () => {})
  return {
    write(line) {
      if (stream.writableLength > MAX_WAITING_BYTES) lost++
      else {
        stream.write(`${line}\n`, (error) => {
          if (error) lost++
        })
      }
    },
    lost: () => lost,
  }
}
