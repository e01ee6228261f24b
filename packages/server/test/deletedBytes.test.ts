import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { openPostgres } from '../src/store/drivers/postgres.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { withClient } from './databaseLosses.ts'
import { eventOf, NOON } from './events.ts'
import { startPostgres } from './postgresServer.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

test('after a deletion the files of PostgreSQL lose the id with the next daily job, and its log of writes with two checkpoints', async () => {
  const postgres = await startPostgres()
  const url = await postgres.createDatabase()
  const checkpoint = () => withClient(url, (client) => client.query('CHECKPOINT'))
  await withClient(url, async (client) => {
    await client.query('ALTER SYSTEM SET wal_recycle = off')
    await client.query('SELECT pg_reload_conf()')
  })
  const id = 'c0ffee00-0000-8000-8000-00000000beef'
  /** The files that hold the id, in letters or as the 16 bytes that it stands for. */
  const filesWithId = () => {
    const forms = [Buffer.from(id), Buffer.from(id.replaceAll('-', ''), 'hex')]
    const files = readdirSync(postgres.folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
    return files
      .filter((path) => forms.some((form) => readFileSync(path).includes(form)))
      .map((path) => relative(postgres.folder, path).split('/')[0])
  }
  const openStore = async () => {
    const driver = openPostgres(url)
    await migrate(driver)
    return createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
  }

  let store = await openStore()
  for (const installation of [id, 1, 2, 3]) await store.add(await eventOf({ installation }))
  await runDailyJobAt(NOON, store)
  await store.deleteInstallation(id)
  // What a connection did is known to the database at the latest when it ends.
  await store.close()
  await checkpoint()
  expect(filesWithId()).toContain('base')

  store = await openStore()
  await runDailyJobAt(NOON, store)
  await checkpoint()
  await checkpoint()
  expect(filesWithId()).toEqual([])
  await store.close()
  await postgres.stop()
})
