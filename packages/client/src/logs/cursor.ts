const NEWLINE = 0x0a

/** A line in the bytes of a log file, in which a newline ends every line. */
export interface Cursor {
  bytes: Buffer
  /** The place at which the line begins; once it is read, the one of its newline. */
  at: number
}

/** Reads a line. Undefined where it lacks something that counting needs. */
export type Read<Line> = (cursor: Cursor) => Line | undefined

/** The whole line. Bytes that are not UTF-8 become U+FFFD. */
export function readText(cursor: Cursor): string {
  const { bytes, at } = cursor
  cursor.at = bytes.indexOf(NEWLINE, at)
  return bytes.toString('utf8', at, cursor.at)
}
