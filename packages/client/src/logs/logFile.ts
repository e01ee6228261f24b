import { type FileHandle, open } from 'node:fs/promises'
import { isReadableFile } from '../files/files.ts'
import type { Read } from './cursor.ts'
import type { Kept, Lines } from './lines.ts'

/** A longer line is damaged: one of a real log is about 1 KB. */
const MAX_LINE_BYTES = 2 * 1024 * 1024

const CHUNK_BYTES = 128 * 1024
const NEWLINE = 0x0a

export interface Timed {
  /** Microseconds since 1970. */
  at: number
}

/** Instants, in microseconds since 1970, both included. */
export interface Span {
  from: number
  until: number
}

/**
 * A log file that is read from its beginning or backwards from its end, and no further than necessary. If it is no file, or can't be
 * opened or read to its end, it says so, and has the lines that could be read.
 */
export class LogFile<Line extends Timed> {
  lines: Kept<Line>
  /** How many lines were skipped, because they were not a JSON object, lacked something or were too long. */
  skippedLines = 0
  /** Whether it is no file, or can't be opened or read to its end. */
  isUnreadable = false
  readonly #path: string
  readonly #readLine: Read<Line>
  readonly #noLines: () => Kept<Line>
  readonly #signal: AbortSignal | undefined
  #reading: Forwards | Backwards | undefined

  /**
   * @param noLines makes what keeps the lines.
   * @param signal aborts reading, which then throws its reason.
   */
  constructor(path: string, readLine: Read<Line>, noLines: () => Kept<Line>, signal?: AbortSignal) {
    this.#path = path
    this.#readLine = readLine
    this.#noLines = noLines
    this.lines = noLines()
    this.#signal = signal
  }

  /** Reads from the beginning until a line is later than an instant, in microseconds since 1970. */
  async readUntil(until: number): Promise<void> {
    const isFurther = () => (this.lines.at(-1)?.at ?? Number.NEGATIVE_INFINITY) > until
    const reading = this.#reading instanceof Forwards ? this.#reading : this.#begin(new Forwards())
    await this.#read(reading, isFurther, (pieces) => this.#take(pieces, this.lines))
  }

  /** Reads backwards until a line is earlier than an instant. A file that was read from its beginning is read on to its end. */
  async readBackTo(from: number): Promise<void> {
    const isFurther = () => (this.lines.at(0)?.at ?? Number.POSITIVE_INFINITY) < from
    if (this.#reading instanceof Forwards) return this.readUntil(Number.POSITIVE_INFINITY)
    const reading = this.#reading ?? this.#begin(new Backwards())
    await this.#read(reading, isFurther, (pieces) => {
      const lines = this.#noLines()
      this.#take(pieces, lines)
      this.lines.forEach((line) => {
        lines.push(line)
      })
      this.lines = lines
    })
  }

  /** Whether any line is not earlier than an instant. */
  reaches(instant: number): boolean {
    let place = this.lines.length - 1
    while (place >= 0 && (this.lines.at(place) as Line).at < instant) place -= 1
    return place >= 0
  }

  /** The lines without those at the beginning that are before a span, and those at the end that are after it. */
  linesWithin({ from, until }: Span): Lines<Line> {
    const { lines } = this
    let end = lines.length
    while (end > 0 && (lines.at(end - 1) as Line).at > until) end -= 1
    let begin = 0
    while (begin < end && (lines.at(begin) as Line).at < from) begin += 1
    return {
      forEach(use) {
        for (let place = begin; place < end; place++) use(lines.at(place) as Line)
      },
    }
  }

  #begin<Reading extends Forwards | Backwards>(reading: Reading): Reading {
    this.lines = this.#noLines()
    this.skippedLines = 0
    this.#reading = reading
    return reading
  }

  async #read(
    reading: Forwards | Backwards,
    isFurther: () => boolean,
    take: (pieces: Piece[]) => void,
  ): Promise<void> {
    if (reading.isDone || isFurther()) return
    const file = isReadableFile(this.#path) ? await open(this.#path).catch(() => undefined) : undefined
    this.isUnreadable = !file
    if (!file) return
    try {
      await this.#readOn(file, reading, isFurther, take)
    } catch (error) {
      const isOfFile = error instanceof Error && 'code' in error
      if (this.#signal?.aborted || !isOfFile) throw error
      this.isUnreadable = true
    } finally {
      await file.close()
    }
  }

  async #readOn(
    file: FileHandle,
    reading: Forwards | Backwards,
    isFurther: () => boolean,
    take: (pieces: Piece[]) => void,
  ): Promise<void> {
    const buffer = spareBuffer ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
    spareBuffer = undefined
    while (!reading.isDone && !isFurther()) {
      this.#signal?.throwIfAborted()
      take(await reading.next(file, buffer))
    }
    spareBuffer = buffer
  }

  #take(pieces: Piece[], lines: Kept<Line>): void {
    for (const bytes of pieces) {
      if (!bytes) this.skippedLines += 1
      else this.#takeLines(bytes, lines)
    }
  }

  #takeLines(bytes: Buffer, lines: Kept<Line>): void {
    const cursor = { bytes, at: 0 }
    for (let start = 0; start < bytes.length; start = cursor.at + 1) {
      cursor.at = start
      const line = this.#readLine(cursor)
      if (line && cursor.at - start <= MAX_LINE_BYTES) lines.push(line)
      else this.skippedLines += 1
    }
  }
}

/** For the next file: one for each would be garbage of 8 MB a month. */
let spareBuffer: Buffer | undefined

/** Some lines, a newline behind each. Undefined stands for a line that is too long. */
type Piece = Buffer | undefined

/** The lines of a file, chunk by chunk. */
class Forwards {
  isDone = false
  readonly #rest = new BrokenLine()
  #offset = 0

  async next(file: FileHandle, buffer: Buffer): Promise<Piece[]> {
    const chunk = await readAt(file, buffer, this.#offset)
    this.#offset += chunk.length
    this.isDone = chunk.length === 0
    if (this.isDone) return this.#rest.isEmpty ? [] : [this.#rest.finish(Buffer.of(NEWLINE))]
    const begin = this.#rest.isEmpty ? 0 : chunk.indexOf(NEWLINE) + 1
    const end = chunk.lastIndexOf(NEWLINE) + 1
    const pieces = begin > 0 ? [this.#rest.finish(chunk.subarray(0, begin))] : []
    this.#rest.append(chunk.subarray(end))
    return [...pieces, chunk.subarray(begin, end)]
  }
}

/** The lines of a file, chunk by chunk from its end. The lines of one chunk are in the order in which they were written. */
class Backwards {
  isDone = false
  /** The last chunk began with the end of a line: this is it. Nothing is kept of a line that is too long. */
  #rest = Buffer.alloc(0)
  #isTooLong = false
  #offset: number | undefined

  async next(file: FileHandle): Promise<Piece[]> {
    const end = this.#offset ?? (await file.stat()).size
    const start = Math.max(0, end - CHUNK_BYTES)
    const read = await readAt(file, Buffer.alloc(end - start), start)
    const isUnended = this.#offset === undefined && read.length > 0 && read.at(-1) !== NEWLINE
    const chunk = Buffer.concat([read, this.#rest, Buffer.alloc(Number(isUnended), NEWLINE)])
    this.#offset = start
    this.isDone = start === 0
    const first = start === 0 ? 0 : chunk.indexOf(NEWLINE) + 1
    // Where the chunk lies within one line, all of it is the end of a line.
    const whole = first === 0 && start > 0 ? chunk.subarray(chunk.length) : chunk.subarray(first)
    this.#rest = chunk.subarray(0, chunk.length - whole.length)
    const pieces = this.#isTooLong && whole.length > 0 ? [withoutLast(whole), undefined] : [whole]
    if (whole.length > 0) this.#isTooLong = false
    if (this.#rest.length > MAX_LINE_BYTES) [this.#rest, this.#isTooLong] = [Buffer.alloc(0), true]
    return pieces
  }
}

function withoutLast(lines: Buffer): Buffer {
  return lines.subarray(0, lines.lastIndexOf(NEWLINE) + 1)
}

/** The part of the buffer that was filled; empty at the end of the file. @throws the file system's error. */
async function readAt(file: FileHandle, buffer: Buffer, offset: number): Promise<Buffer> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
  return buffer.subarray(0, bytesRead)
}

/** A line that continues in the next chunk. Only the length is kept of a line that is too long. */
class BrokenLine {
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

  /** The whole line with its newline, with which its last piece ends. Undefined if it is too long. */
  finish(piece: Buffer): Piece {
    const isTooLong = this.#bytes + piece.length - 1 > MAX_LINE_BYTES
    const line = isTooLong ? undefined : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.#bytes = 0
    return line
  }
}
