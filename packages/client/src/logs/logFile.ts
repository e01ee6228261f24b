import { type FileHandle, open } from 'node:fs/promises'

/** A longer line is damaged: one of a real log is about 1 KB. */
const MAX_LINE_BYTES = 2 * 1024 * 1024

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 0x0a

export interface Timed {
  /** Microseconds since 1970. */
  at: number
}

/** Reads a line; undefined where it lacks what counting needs. */
export type Parse<Line> = (text: string) => Line | undefined

/**
 * A log file, read from its beginning or from its end, no further than is asked for. One that can't be opened, or read
 * whole, has the lines that could be read.
 */
export class LogFile<Line extends Timed> {
  /** In the order in which they were written. */
  lines: Line[] = []
  /** Lines that were no JSON object, lacked what counting needs, or were too long. */
  skippedLines = 0
  /** Whether it is there but can't be opened. */
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

  /** Reads from the end until a line is earlier than an instant; to the end where it was read from its beginning. */
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
    } finally {
      await file.close()
    }
  }
}

/** The lines of a file chunk by chunk; undefined stands for one that is too long. */
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

/** The same from the end of the file, the lines of a chunk in the order in which they were written. */
class Backwards {
  isDone = false
  /** The end of the line with which the last chunk began; of one that is too long nothing is kept. */
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
    const lines: (string | undefined)[] = whole.toString('utf8').split('\n')
    if (lines.at(-1) === '' && !this.#isTooLong) lines.pop()
    else if (this.#isTooLong && whole.length > 0) lines[lines.length - 1] = undefined
    if (whole.length > 0) this.#isTooLong = false
    if (this.#rest.length > MAX_LINE_BYTES) [this.#rest, this.#isTooLong] = [Buffer.alloc(0), true]
    return whole.length > 0 ? lines : []
  }
}

/** The part of the buffer that was filled; an empty one at the end of the file, or where it can't be read. */
async function readAt(file: FileHandle, buffer: Buffer, offset: number): Promise<Buffer> {
  const length = await file.read(buffer, 0, buffer.length, offset).then(
    ({ bytesRead }) => bytesRead,
    () => 0,
  )
  return buffer.subarray(0, length)
}

/** The line that a chunk broke off; of one that grows too long only its length is kept. */
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

  /** The whole line, bytes that are no UTF-8 as U+FFFD; undefined where it is too long. */
  finish(piece: Buffer): string | undefined {
    const isTooLong = this.#bytes + piece.length > MAX_LINE_BYTES
    const line = this.#bytes === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.#bytes = 0
    return isTooLong ? undefined : line.toString('utf8')
  }
}
