import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, type Day, isDay } from '@voicemode-telemetry/protocol'

/** A file's date is local, so a UTC day spreads over the files of the days beside it too. */
const ZONE_DAYS = 1

/** How many days a session is followed before and after the days that are wanted. */
const SESSION_REACH_DAYS = 31

/** A longer line is damaged: one of a real log is about 1 KB. */
const MAX_LINE_BYTES = 8 * 1024 * 1024

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
      const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
      return [{ path, file, bytes, opensSessions: file >= near.from && file <= near.to }]
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
 * Reads a file line by line with bounded memory. Bytes that are no UTF-8 become U+FFFD.
 *
 * @returns each line, and undefined in the place of one that is longer than {@link MAX_LINE_BYTES}. A file that can't
 *   be opened or read to its end gives the lines up to there.
 * @param onBytes told of every chunk's length in bytes.
 */
export async function* readLines(
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<(string | undefined)[]> {
  let pieces: Buffer[] = []
  let pending = 0
  const finish = (piece: Buffer): string | undefined => {
    const length = pending + piece.length
    const line =
      length > MAX_LINE_BYTES ? undefined : pieces.length ? Buffer.concat([...pieces, piece]) : piece
    pieces = []
    pending = 0
    return line?.toString('utf8')
  }
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: CHUNK_BYTES,
    }) as AsyncIterable<Buffer>) {
      const lines: (string | undefined)[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        lines.push(finish(chunk.subarray(start, end)))
        start = end + 1
      }
      const rest = chunk.subarray(start)
      pending += rest.length
      if (pending > MAX_LINE_BYTES) pieces = []
      else if (rest.length > 0) pieces.push(rest)
      onBytes(chunk.length)
      yield lines
    }
  } catch {
    return
  }
  if (pending > 0) yield [finish(Buffer.alloc(0))]
}
