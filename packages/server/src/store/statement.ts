/** A value that every engine stores alike. */
export type SqlValue = string | number | null

/** SQL that SQLite, D1 and PostgreSQL all take, and its values. Its flags tell the engine how to run it. */
export interface Statement {
  /** The SQL, cut where a value stands. A driver joins it with placeholders of its own. */
  text: readonly string[]
  /** One for each cut. */
  values: readonly SqlValue[]
  /** It reads and nothing else, so that it needs no transaction. */
  readOnly?: true
  /** It deletes what holds ids: nothing of that may be left in any file. */
  erases?: true
  /** It is a transaction by itself, and waits for its turn to write. */
  whole?: true
  /** It changes tables, which takes as long as it takes. */
  migrates?: true
  /** Is run in place of its SQL, see {@link direct}. */
  work?: (prepare: Prepare) => void
}

/** A statement that `node:sqlite` has prepared. Rows are lists of values. */
export interface Prepared {
  get(...values: SqlValue[]): SqlValue[] | undefined
  all(...values: SqlValue[]): SqlValue[][]
  run(...values: SqlValue[]): { changes: number | bigint }
}

/** Prepares SQL once for each text. */
export type Prepare = (sql: string) => Prepared

/** Writes a statement with its values where they stand in it; another statement becomes a part of it. */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | Statement)[]): Statement {
  let [last = ''] = strings
  const text: string[] = []
  const given: SqlValue[] = []
  for (const [n, value] of values.entries()) {
    const part: Statement =
      typeof value === 'object' && value !== null ? value : { text: ['', ''], values: [value] }
    const [first = '', ...rest] = part.text
    last += first
    for (const piece of rest) {
      text.push(last)
      last = piece
    }
    given.push(...part.values)
    last += strings[n + 1] ?? ''
  }
  return { text: [...text, last], values: given }
}

/** As {@link sql}, of a statement that only reads. */
export function read(...template: Parameters<typeof sql>): Statement {
  return { ...sql(...template), readOnly: true }
}

/** As {@link sql}, of a statement that deletes what holds ids. */
export function erase(...template: Parameters<typeof sql>): Statement {
  return { ...sql(...template), erases: true }
}

/** Steps in one transaction of which each sees what those before it did. Only for SQLite in this process, which answers at once. */
export function direct(work: (prepare: Prepare) => void): Statement {
  return { text: [''], values: [], work }
}

/** As {@link sql}, of a statement that is a transaction by itself. */
export function whole(...template: Parameters<typeof sql>): Statement {
  return { ...sql(...template), whole: true }
}

/** SQL as it is, as the name of a table. Never for a value. */
export function raw(text: string): Statement {
  return { text: [text], values: [] }
}

/** Values, or parts of a statement, with commas between them. */
export function list(items: readonly (SqlValue | Statement)[]): Statement {
  return items.slice(1).reduce<Statement>((before, item) => sql`${before}, ${item}`, sql`${items[0] ?? ''}`)
}

/** The statement's SQL with `?` for each value, as SQLite reads it. */
export function textOf({ text }: Statement): string {
  return text.join('?')
}
