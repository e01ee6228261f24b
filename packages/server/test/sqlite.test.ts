import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../src/drivers/sqlite.ts'
import { MIGRATIONS, migrate } from '../src/migrations.ts'
import { storeContract } from './storeContract.ts'

storeContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  return {
    connect: async () => openSqlite(join(folder, 'test.db')),
    remove: async () => rmSync(folder, { recursive: true }),
  }
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('only its owner may read a database file', async () => {
  const driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  for (const name of ['test.db', 'test.db-wal', 'test.db-shm']) {
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  }
  await driver.close()
})

test('a database file that was deleted or replaced takes nothing more', async () => {
  const path = join(folder, 'test.db')
  const driver = openSqlite(path)
  await migrate(driver)
  rmSync(path)
  const read = { sql: 'SELECT 1', params: [] }
  await expect(driver.batch([read])).rejects.toThrow()
  writeFileSync(path, '')
  await expect(driver.batch([read])).rejects.toThrow('replaced')
  await driver.close()
})

test('migrations go on from where a database stands, once, also when several servers start', async () => {
  const later = [
    ...MIGRATIONS,
    { id: (MIGRATIONS.at(-1)?.id ?? 0) + 1, name: 'later', statements: ['CREATE TABLE later (n BIGINT)'] },
  ]
  const [driver, other] = [openSqlite(join(folder, 'test.db')), openSqlite(join(folder, 'test.db'))]
  await migrate(driver)
  await Promise.all([migrate(driver, later), migrate(other, later)])
  const [rows] = await other.batch([{ sql: 'SELECT id FROM migrations ORDER BY id', params: [] }])
  expect(rows).toEqual(later.map(({ id }) => ({ id })))
  await expect(migrate(driver)).rejects.toThrow('newer version')
  await Promise.all([driver.close(), other.close()])
})
