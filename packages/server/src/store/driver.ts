import type { Day } from '@voicemode-telemetry/protocol'
import type { SqlValue, Statement } from './statement.ts'

export type Row = Record<string, SqlValue>

/** An engine may need a migration of its own, and takes events and keeps their limits in its own way; nothing else asks which one it is. */
export type Engine = 'sqlite' | 'd1' | 'postgres'

/** All that is asked of a database. */
export interface Driver {
  engine: Engine
  /**
   * Runs statements in order, all or none, and resolves when what they wrote is safely on disk.
   *
   * @returns the rows of each statement, in the order of the statements.
   */
  batch(statements: readonly Statement[]): Promise<Row[][]>
  /** Reads the time of a database that several servers share, in milliseconds since 1970 as `now`. Their own count without it. */
  clock?: Statement | undefined
  /**
   * Looks for what would keep a batch from writing, and waits for others a second at most. Rejects with what it finds.
   *
   * @param statements which change nothing, and need what the batch does.
   */
  checkWrites(statements: readonly Statement[]): Promise<void>
  /**
   * Makes what a day needs before it can take events, where an engine has a table for each day, and nothing elsewhere. Nobody
   * waits for it who writes to other days. Rejects soon if it can't be made now.
   */
  prepareDay(day: Day): Promise<void>
  /**
   * Clears from the disk what was deleted, as far as nobody waits for that; the rest is left for the next time. Where an
   * engine clears everything at once it does nothing.
   */
  tidy(): Promise<void>
  /**
   * Whether something that was deleted, or the table that held it, is still in a file because another program uses it or a
   * view is made of it, as far as this process knows; it is tried again until it is gone.
   */
  deletionWaits(): boolean
  close(): Promise<void>
}

/** Runs statements as {@link Driver.batch} does. */
export type Batch = (...statements: Statement[]) => Promise<Row[][]>
