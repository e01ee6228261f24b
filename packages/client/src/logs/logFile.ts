import { type FileHandle, open } from 'node:fs/promises'

/** A longer line is damaged: one of a real log is about 1 KB. */
const MAX_LINE_BYTES = 2 * 1024 * 1024

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 0x0a

export interface Timed {
  /** Microseconds since 1970. */
  at: number
}

/** Reads a line. Undefined if it lacks something that counting needs. */
export type Parse<Line> = (text: string) => Line | undefined

/**
 * A log file that is read from its beginning or backwards from its end, and no further than necessary. If it can't be opened or
 * read to its end, it says so, and has the lines that could be read.
 */
export class LogFile<Line extends Timed> {
  /** In the order in which they were written. */
  lines: Line[] = []
  /** How many lines were skipped, because they were not a JSON object, lacked something or were too long. */
  skippedLines = 0
  /** Whether it is there but can't be opened, or read to its end. */
  isUnreadable = false
  readonly #path: string
  readonly #parse: Parse<Line>
  readonly #signal: AbortSignal | undefined
  #reading: Forwards | Backwards | undefined

  /** @param signal aborts reading, which then throws its reason. */
  constructor(path: string, parse: Parse<Line>, signal?: AbortSignal) {
    this.#path = path
    this.#parse = parse
    this.#signal = signal
  }

  /** Reads from the beginning until a line is later than an instant, in microseconds since 1970. */
  async readUntil(until: number): Promise<void> {
    const isFurther = () => (this.lines.at(-1)?.at ?? Number.NEGATIVE_INFINITY) > until
    const reading = this.#reading instanceof Forwards ? this.#reading : this.#begin(new Forwards())
    await this.#read(reading, isFurther, (lines) => {
      for (const line of lines) this.lines.push(line)
    })
  }

  /** Reads backwards until a line is earlier than an instant. A file that was read from its beginning is read on to its end. */
  async readBackTo(from: number): Promise<void> {
    const isFurther = () => (this.lines[0]?.at ?? Number.POSITIVE_INFINITY) < from
    if (this.#reading instanceof Forwards) return this.readUntil(Number.POSITIVE_INFINITY)
    const reading = this.#reading ?? this.#begin(new Backwards())
    await this.#read(reading, isFurther, (lines) => {
      this.lines = [...lines, ...this.lines]
    })
  }

  #begin<Reading extends Forwards | Backwards>(reading: Reading): Reading {
    this.lines = []
    this.skippedLines = 0
    this.#reading = reading
    return reading
  }

  async #read(
    reading: Forwards | Backwards,
    isFurther: () => boolean,
    take: (lines: Line[]) => void,
  ): Promise<void> {
    if (reading.isDone || isFurther()) return
    const file = await open(this.#path).catch(() => undefined)
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
    take: (lines: Line[]) => void,
  ): Promise<void> {
    while (!reading.isDone && !isFurther()) {
      this.#signal?.throwIfAborted()
      const lines: Line[] = []
      for (const text of await reading.next(file)) {
        const line = text === undefined ? undefined : this.#parse(text)
        if (line) lines.push(line)
        else this.skippedLines += 1
      }
      take(lines)
    }
  }
}

/** The lines of a file, chunk by chunk. Undefined stands for a line that is too long. */
class Forwards {
  isDone = false
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  readonly #rest = new BrokenLine()
  #offset = 0

  async next(file: FileHandle): Promise<Iterable<string | undefined>> {
    const chunk = await readAt(file, this.#buffer, this.#offset)
    this.#offset += chunk.length
    this.isDone = chunk.length === 0
    return this.isDone ? this.#lastLine() : this.#linesOf(chunk)
  }

  *#linesOf(chunk: Buffer): Iterable<string | undefined> {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield this.#rest.finish(chunk.subarray(start, end))
      start = end + 1
    }
    this.#rest.append(chunk.subarray(start))
  }

  *#lastLine(): Iterable<string | undefined> {
    if (!this.#rest.isEmpty) yield this.#rest.finish(Buffer.alloc(0))
  }
}

/** The lines of a file, chunk by chunk from its end. The lines of one chunk are in the order in which they were written. */
class Backwards {
  isDone = false
  /** The last chunk began with the end of a line: this is it. Nothing is kept of a line that is too long. */
  #rest = Buffer.alloc(0)
  #isTooLong = false
  #offset: number | undefined

  async next(file: FileHandle): Promise<(string | undefined)[]> {
    const end = this.#offset ?? (await file.stat()).size
    const start = Math.max(0, end - CHUNK_BYTES)
    const chunk = Buffer.concat([await readAt(file, Buffer.alloc(end - start), start), this.#rest])
    this.#offset = start
    this.isDone = start === 0
    const first = start === 0 ? 0 : chunk.indexOf(NEWLINE) + 1
    // Where the chunk lies within one line, all of it is the end of a line.
    const whole = first === 0 && start > 0 ? chunk.subarray(chunk.length) : chunk.subarray(first)
    this.#rest = chunk.subarray(0, chunk.length - whole.length)
    const lines = whole.toString('utf8').split('\n').map(withinLimit)
    if (lines.at(-1) === '' && !this.#isTooLong) lines.pop()
    else if (this.#isTooLong && whole.length > 0) lines[lines.length - 1] = undefined
    if (whole.length > 0) this.#isTooLong = false
    if (this.#rest.length > MAX_LINE_BYTES) [this.#rest, this.#isTooLong] = [Buffer.alloc(0), true]
    return whole.length > 0 ? lines : []
  }
}

function withinLimit(line: string): string | undefined {
  // A line of fewer characters than bytes may still be too long; only then is it worth counting them.
  const isTooLong = line.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(line) > MAX_LINE_BYTES
  return isTooLong ? undefined : line
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

  /** The whole line. Bytes that are not UTF-8 become U+FFFD. Undefined if it is too long. */
  finish(piece: Buffer): string | undefined {
    const isTooLong = this.#bytes + piece.length > MAX_LINE_BYTES
    const line = this.#bytes === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.#bytes = 0
    return isTooLong ? undefined : line.toString('utf8')
  }
}
