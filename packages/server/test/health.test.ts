import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dayAt } from '@voicemode-telemetry/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Driver } from '../src/store/driver.ts'
import { openPostgres } from '../src/store/drivers/postgres.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { raw, read } from '../src/store/statement.ts'
import type { Store } from '../src/store/store.ts'
import { withClient } from './databaseLosses.ts'
import { eventOf, NOON } from './events.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'
import { runCommand } from './runCommand.ts'
import { startServer } from './serverProcess.ts'
import { testHost } from './testHost.ts'

let folder: string
let driver: Driver
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'health-'))
  driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

const TOKEN = '0123456789abcdef01234567'

/** What a server says of itself, each in its own place. */
async function told(url: string) {
  const health = await fetch(`${url}/healthz`)
  const { failure } = (await health.json()) as { failure?: string }
  const metrics = await (
    await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
  ).text()
  const { stdout } = await runCommand(['doctor', '--url', url])
  const [, examined] = /^(\w+) +health: /m.exec(stdout) ?? []
  const [, word] = /takes no events \(([\w-]+)\)/.exec(stdout) ?? []
  return {
    health: health.status,
    failure,
    isUp: /^voicemode_telemetry_store_up (\d)$/m.exec(metrics)?.[1],
    examined,
    word,
  }
}

const WORKS = { health: 200, failure: undefined, isUp: '1', examined: 'ok', word: undefined }

test('a PostgreSQL database that takes no writes is told as such everywhere, and as well once it takes them', async () => {
  const url = await postgres.createDatabase()
  const server = await startServer(url, [], { TELEMETRY_ADMIN_TOKEN: TOKEN })
  const send = async () => {
    const body = JSON.stringify(await eventOf({ installation: 1, day: dayAt(Date.now()) }))
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${server.url}/v1/events`, { method: 'POST', body, headers })).status
  }
  const setReadOnly = (value: 'on' | 'off') =>
    withClient(url, async (client) => {
      await client.query(`SET default_transaction_read_only = off`)
      await client.query(
        `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = ${value}`,
      )
      await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    })
  expect(await told(server.url)).toEqual(WORKS)
  await setReadOnly('on')
  expect(await told(server.url)).toEqual({
    ...{ health: 503, failure: 'read-only', isUp: '0', examined: 'fix', word: 'read-only' },
  })
  expect(await send()).toBe(503)
  expect(server.output()).toContain('"kind":"read-only","code":"25006"')
  await setReadOnly('off')
  expect(await told(server.url)).toEqual(WORKS)
  expect(await send()).toBe(200)
  await server.end()
})

test('a PostgreSQL database in which no event can be stored is told as such', async () => {
  const url = await postgres.createDatabase()
  const owner = openPostgres(url)
  await migrate(owner)
  await owner.batch([
    raw("CREATE ROLE app LOGIN PASSWORD 'a-password'"),
    raw('GRANT ALL ON SCHEMA public TO app'),
    raw('GRANT ALL ON ALL TABLES IN SCHEMA public TO app'),
  ])
  const server = await startServer(url.replace('postgres:a-password', 'app:a-password'))
  const health = async () => {
    const answer = await fetch(`${server.url}/healthz`)
    return [answer.status, ((await answer.json()) as { failure?: string }).failure]
  }
  expect(await health()).toEqual([200, undefined])
  for (const table of ['events', 'days', 'quota']) {
    await owner.batch([raw(`REVOKE INSERT ON ${table} FROM app`)])
    expect(await health()).toEqual([503, 'no-rights'])
    await owner.batch([raw(`GRANT INSERT ON ${table} TO app`)])
  }
  expect(await health()).toEqual([200, undefined])
  await withClient(url, async (client) => {
    for (const lock of ['LOCK TABLE quota', 'SELECT pg_advisory_xact_lock(5180020261)']) {
      await client.query(`BEGIN; ${lock}`)
      expect(await health()).toEqual([503, 'busy'])
      await client.query('ROLLBACK')
    }
  })
  expect(await health()).toEqual([200, undefined])
  await server.end()
  await owner.close()
})

test('a store whose last write failed is well only after a write of that size has succeeded', async () => {
  const setPages = async (most: number) => driver.batch([read`${raw(`PRAGMA max_page_count = ${most}`)}`])
  const [[before] = []] = await driver.batch([read`PRAGMA page_count`])
  await setPages(Number(before?.page_count))
  await store.check()
  const many = await Promise.all(Array.from({ length: 40 }, (_, installation) => eventOf({ installation })))
  const added = await Promise.allSettled(many.map((event) => store.add(event)))
  expect(added.every(({ status }) => status === 'rejected')).toBe(true)
  await expect(store.check()).rejects.toMatchObject({ failure: { kind: 'full', code: 'SQLITE_FULL' } })
  await setPages(10_000)
  await store.check()
  expect((await store.milestones()).setUpOn).toMatch(/^\d{4}-/)
  const [probes] = await driver.batch([read`SELECT * FROM milestones WHERE name = 'probe'`])
  expect(probes).toEqual([])
})

test('one event that the database refuses does not make the store ill', async () => {
  await driver.batch([
    raw(`CREATE TRIGGER refuses BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'refused'); END`),
  ])
  await expect(store.add(await eventOf({ installation: 1 }))).rejects.toMatchObject({
    failure: { kind: 'refused-value' },
  })
  await store.check()
})
