import type { Driver } from './driver.ts'

export interface Migration {
  /** Its place in the order: 1, 2, 3, … A migration that was ever released is never changed. */
  id: number
  name: string
  statements: readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    name: 'events, limits, days and counts',
    statements: [
      `CREATE TABLE events (
         event_id TEXT NOT NULL PRIMARY KEY, telemetry_id TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL)`,
      'CREATE INDEX events_by_day ON events (day, telemetry_id, event_id)',
      'CREATE TABLE quota (subject TEXT NOT NULL PRIMARY KEY, window_start BIGINT NOT NULL, n BIGINT NOT NULL)',
      `CREATE TABLE days (
         day TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, folded BIGINT NOT NULL,
         forgotten BIGINT NOT NULL, fold TEXT NOT NULL)`,
      `CREATE TABLE counts (
         day TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n BIGINT NOT NULL,
         PRIMARY KEY (day, field, value))`,
    ],
  },
]

/**
 * Brings a database to the newest version from any earlier one, or an empty one. Several servers may do it at once.
 *
 * @throws where the database was made by a newer server than this one.
 */
export async function migrate(driver: Driver, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const create = 'CREATE TABLE IF NOT EXISTS migrations (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)'
  await driver.batch([{ sql: create, params: [] }])
  const newest = migrations.at(-1)?.id ?? 0
  if ((await appliedIds(driver)).some((id) => id > newest)) {
    throw new Error('the database was made by a newer version of this server')
  }
  for (const { id, name, statements } of migrations) {
    if ((await appliedIds(driver)).includes(id)) continue
    const mark = { sql: 'INSERT INTO migrations (id, name) VALUES (?, ?)', params: [id, name] }
    try {
      await driver.batch([mark, ...statements.map((sql) => ({ sql, params: [] }))])
    } catch (error) {
      // Another server that started at the same time may have been first; then its work is ours.
      if (!(await appliedIds(driver)).includes(id)) throw error
    }
  }
}

async function appliedIds(driver: Driver): Promise<number[]> {
  const [rows = []] = await driver.batch([{ sql: 'SELECT id FROM migrations', params: [] }])
  return rows.map((row) => Number(row.id))
}
