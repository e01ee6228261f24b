import { DatabaseSync } from 'node:sqlite'

/** Reads the events of a SQLite file in a transaction, and stays until it is closed. */
export function startReading(path: string): DatabaseSync {
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT COUNT(*) FROM events').get()
  return reader
}
