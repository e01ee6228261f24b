import { join } from 'node:path'
import { type Day, daysFromTo } from '@voicemode-telemetry/protocol'
import { mayBeThere } from '../files/files.ts'
import type { Read } from './cursor.ts'
import type { Kept, Lines } from './lines.ts'
import { LogFile, type Span, type Timed } from './logFile.ts'

/** The log files of one kind, by the local date in their names; of one date there may be one in each folder. */
export class DatedLogs<Line extends Timed> {
  readonly #folders: readonly string[]
  readonly #prefix: string
  readonly #readLine: Read<Line>
  readonly #noLines: () => Kept<Line>
  readonly #signal: AbortSignal | undefined
  readonly #files = new Map<Day, LogFile<Line>[]>()

  /**
   * @param prefix what stands before the date in a file's name.
   * @param noLines makes what keeps the lines.
   */
  constructor(
    folders: readonly string[],
    prefix: string,
    readLine: Read<Line>,
    noLines: () => Kept<Line>,
    signal?: AbortSignal,
  ) {
    this.#folders = folders
    this.#prefix = prefix
    this.#readLine = readLine
    this.#noLines = noLines
    this.#signal = signal
  }

  /** The lines of the files from one date to another, a date's before the next one's, as far as each lies within a span. */
  lines(first: Day, last: Day, span: Span): Lines<Line> {
    const parts = daysFromTo(first, last).flatMap((date) =>
      this.#of(date).map((file) => file.linesWithin(span)),
    )
    return {
      forEach(use) {
        for (const part of parts) part.forEach(use)
      },
    }
  }

  /** Reads the files of a date until a line is later than an instant, in microseconds since 1970. */
  async readUntil(date: Day, until: number): Promise<void> {
    for (const file of this.#of(date)) await file.readUntil(until)
  }

  /**
   * Reads the files of a date from their ends, until a line is earlier than an instant.
   *
   * @returns whether any line is not.
   */
  async readBackTo(date: Day, from: number): Promise<boolean> {
    const files = this.#of(date)
    for (const file of files) await file.readBackTo(from)
    return files.some((file) => file.reaches(from))
  }

  /** Lets go of the lines of earlier dates. */
  forgetBefore(date: Day): void {
    for (const known of this.#files.keys()) if (known < date) this.#files.delete(known)
  }

  /** Of the dates that were asked for: files, lines that could not be used, and whether any file could not be read. */
  get found(): { files: number; skippedLines: number; unreadable: boolean } {
    const files = [...this.#files.values()].flat()
    return {
      files: files.length,
      skippedLines: files.reduce((sum, file) => sum + file.skippedLines, 0),
      unreadable: files.some(({ isUnreadable }) => isUnreadable),
    }
  }

  #of(date: Day): LogFile<Line>[] {
    const known = this.#files.get(date)
    if (known) return known
    const paths = this.#folders.map((folder) => join(folder, `${this.#prefix}${date}.jsonl`))
    const files = paths
      .filter(mayBeThere)
      .map((path) => new LogFile(path, this.#readLine, this.#noLines, this.#signal))
    this.#files.set(date, files)
    return files
  }
}
