import { Failed } from '../failure.ts'
import type { Driver } from './driver.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'
import { raw, read, sql } from './statement.ts'

/** Where it is noted which migrations a database has seen. */
export const CREATE_MIGRATIONS =
  'CREATE TABLE IF NOT EXISTS migrations (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)'

/** How a database compares to this server, by the ids of the migrations it has seen. */
export function ageOf(
  applied: readonly number[],
  migrations: readonly Migration[] = MIGRATIONS,
): 'older' | 'up to date' | 'newer' {
  const known = migrations.map(({ id }) => id)
  if (!applied.every((id) => known.includes(id))) return 'newer'
  return known.every((id) => applied.includes(id)) ? 'up to date' : 'older'
}

/**
 * Brings a database to the newest version from any earlier one, or an empty one. Several servers may do it at once.
 *
 * @throws where the database was made by a newer server than this one.
 */
export async function migrate(driver: Driver, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await driver.batch([raw(CREATE_MIGRATIONS)])
  if (ageOf(await appliedIds(driver), migrations) === 'newer') {
    throw new Failed({ kind: 'newer' })
  }
  for (const { id, name, statements, only } of migrations) {
    if ((await appliedIds(driver)).includes(id)) continue
    const note = sql`INSERT INTO migrations (id, name) VALUES (${id}, ${name})`
    try {
      await driver.batch([
        note,
        ...(!only || only.includes(driver.engine)
          ? statements.map((text) => ({ ...raw(text), migrates: true as const }))
          : []),
      ])
    } catch (error) {
      // Another server that started at the same time may have been first; then its work is ours.
      if (!(await appliedIds(driver)).includes(id)) throw error
    }
  }
}

async function appliedIds(driver: Driver): Promise<number[]> {
  const [rows = []] = await driver.batch([read`SELECT id FROM migrations`])
  return rows.map((row) => Number(row.id))
}
