import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { failureOf } from '../src/failure.ts'
import { type D1Binding, openD1 } from '../src/store/drivers/d1.ts'
import { list, raw, read, sql } from '../src/store/statement.ts'
import { storeContract } from '../test/storeContract.ts'

const { DB } = env as unknown as { DB: D1Binding }

storeContract('D1 in workerd', async () => {
  const driver = openD1(DB)
  const [tables = []] = await driver.batch([
    read`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
  ])
  for (const { name } of tables) await driver.batch([sql`DROP TABLE ${raw(String(name))}`])
  return { connect: async () => openD1(DB), remove: async () => {} }
})

test('a failure of D1 is known by its kind and the code in its message', async () => {
  const driver = openD1(DB)
  await driver.batch([sql`DROP TABLE IF EXISTS t`, sql`CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)`])
  const failures = [
    [sql`SELECT 'canary' FROM u`, { kind: 'schema', code: 'SQLITE_ERROR' }],
    [sql`INSERT INTO t (b) VALUES (1)`, { kind: 'schema', code: 'SQLITE_ERROR' }],
    [sql`INSERT INTO t VALUES ('canary'), ('canary')`, { kind: 'refused-value', code: 'SQLITE_CONSTRAINT' }],
    [sql`SELECT ${list(Array(200).fill(1))}`, { kind: 'over-a-limit', code: 'SQLITE_ERROR' }],
    [sql`ATTACH 'canary' AS other`, { kind: 'no-rights', code: 'SQLITE_AUTH' }],
  ] as const
  for (const [statement, expected] of failures) {
    expect(failureOf(await driver.batch([statement]).catch((error) => error))).toEqual(expected)
  }
  await driver.close()
  expect(failureOf(await driver.batch([sql`SELECT 1`]).catch((error) => error))).toEqual({ kind: 'closed' })
})
