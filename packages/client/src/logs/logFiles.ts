import { readdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { addDays, type Day, isDay } from '@voicemode-telemetry/protocol'

/** A file's date is local, so a UTC day spreads over the files of the days beside it too. */
const ZONE_DAYS = 1

/** How many days a session is followed before and after the days that are wanted. */
const SESSION_REACH_DAYS = 31

/** A longer line is damaged: one of a real log is about 1 KB. */
const MAX_LINE_BYTES = 2 * 1024 * 1024

const CHUNK_BYTES = 256 * 1024
const NEWLINE = 0x0a

export interface LogFile {
  path: string
  /** The date in its name. */
  file: Day
  bytes: number
  /** Whether it may hold lines of the wanted days; the others only lengthen sessions. */
  opensSessions: boolean
}

/**
 * The log files that may tell of the days from the first to the last, those that may hold the days themselves before
 * those that only lengthen their sessions.
 *
 * @param prefix what stands before the date in a file's name.
 * @returns none where the folder is missing or can't be read.
 */
export function findLogFiles(folder: string, prefix: string, first: Day, last: Day): LogFile[] {
  const near = { from: addDays(first, -ZONE_DAYS), to: addDays(last, ZONE_DAYS) }
  const far = { from: addDays(near.from, -SESSION_REACH_DAYS), to: addDays(near.to, SESSION_REACH_DAYS) }
  return listFolder(folder)
    .flatMap((name) => {
      const file = name.startsWith(prefix) && name.endsWith('.jsonl') ? name.slice(prefix.length, -6) : ''
      if (!isDay(file) || file < far.from || file > far.to) return []
      const path = join(folder, name)
      const found = statSync(path, { throwIfNoEntry: false })
      if (!found?.isFile()) return []
      return [{ path, file, bytes: found.size, opensSessions: file >= near.from && file <= near.to }]
    })
    .sort((a, b) => Number(b.opensSessions) - Number(a.opensSessions) || (a.file < b.file ? -1 : 1))
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Reads a file line by line with bounded memory: one buffer serves the whole file. Bytes that are no UTF-8 become U+FFFD.
 *
 * @returns the lines of each chunk, and undefined in the place of one longer than {@link MAX_LINE_BYTES}. A file that
 *   can't be opened or read to its end gives the lines up to there.
 * @param onBytes told of every chunk's length in bytes.
 */
export async function* readLines(
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<(string | undefined)[]> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  const line = new PendingLine()
  const file = await open(path).catch(() => undefined)
  if (!file) return
  try {
    for (;;) {
      const length = await file.read(buffer, 0, CHUNK_BYTES).then(
        (result) => result.bytesRead,
        () => 0,
      )
      if (length === 0) break
      onBytes(length)
      const chunk = buffer.subarray(0, length)
      const lines: (string | undefined)[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        lines.push(line.finish(chunk.subarray(start, end)))
        start = end + 1
      }
      line.append(chunk.subarray(start))
      yield lines
    }
  } finally {
    await file.close()
  }
  if (!line.isEmpty) yield [line.finish(Buffer.alloc(0))]
}

/** The line that a chunk broke off; of one that grows too long only its length is kept. */
class PendingLine {
  #pieces: Buffer[] = []
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  append(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#bytes > MAX_LINE_BYTES) this.#pieces = []
    else if (piece.length > 0) this.#pieces.push(Buffer.from(piece))
  }

  finish(piece: Buffer): string | undefined {
    const isTooLong = this.#bytes + piece.length > MAX_LINE_BYTES
    const line = this.#bytes === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.#bytes = 0
    return isTooLong ? undefined : line.toString('utf8')
  }
}
