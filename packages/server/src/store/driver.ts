/** A value that every engine stores alike. */
export type SqlValue = string | number | null

export interface Statement {
  /** SQL that SQLite, D1 and PostgreSQL all take; its parameters are `?`, which a driver may number. */
  sql: string
  params: readonly SqlValue[]
}

export type Row = Record<string, SqlValue>

/** An engine may need a migration of its own; nothing else asks which one it is. */
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
  close(): Promise<void>
}
