/** The world as the server sees it; a test brings its own. */
export interface Host {
  /** Milliseconds since 1970. */
  now(): number
  /** Takes one line for the operator. It never holds anything of a request or of an event. */
  log(line: string): void
}

export const MS_PER_HOUR = 3_600_000
