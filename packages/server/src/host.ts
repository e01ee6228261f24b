import type { FailureAt } from './failure.ts'

/** Something that went wrong on our side. It never holds anything of a request or of an event. */
export interface Incident extends Partial<FailureAt> {
  level: 'warning' | 'error'
  event:
    | 'store-unavailable'
    | 'unexpected-error'
    | 'daily-job-failed'
    | 'refresh-failed'
    | 'clock-not-believed'
    | 'events-unreadable'
    | 'proxy-not-trusted'
    | 'client-not-named'
  /** How many it is about. */
  n?: number
}

/** Where the log goes. */
export interface LineWriter {
  write(line: string): void
  /** How many lines could not be written since the process started. */
  lost(): number
}

/** The world as the server sees it; a test brings its own. */
export interface Host {
  /** Milliseconds since 1970. */
  now(): number
  /** Tells the operator. */
  log(incident: Incident): void
  /** How many incidents could not be told since the process started. */
  logLinesLost(): number
  /** Runs something after so many milliseconds. It does not keep the process alive. */
  after(ms: number, run: () => void): void
  /** Lets whatever else has arrived be handled first. */
  nextTurn(): Promise<void>
  /** As {@link nextTurn}, without a millisecond in which more may arrive. */
  giveWay(): Promise<void>
  /** Bytes of a cryptographic generator. @param length at most 65,536. */
  randomBytes(length: number): Uint8Array<ArrayBuffer>
}

export const MS_PER_HOUR = 3_600_000
