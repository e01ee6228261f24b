import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../src/failure.ts'
import type { Driver } from '../src/store/driver.ts'
import { openPostgres } from '../src/store/drivers/postgres.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { MIGRATIONS, type Migration } from '../src/store/migrations.ts'
import { raw, type Statement, sql } from '../src/store/statement.ts'
import { withClient } from './databaseLosses.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'

const CANARY = 'canary-4711'

/** What is known of the failure of some work, where nothing that was given to it is repeated. */
async function failureIn(work: () => unknown) {
  const error = await (async () => work())().then(
    () => 'it did not fail',
    (reason) => reason,
  )
  const failure = failureOf(error)
  expect(JSON.stringify(failure)).not.toContain(CANARY)
  return failure
}

const run = (driver: Driver, ...statements: (string | Statement)[]) =>
  driver.batch(statements.map((given) => (typeof given === 'string' ? raw(given) : given)))

describe('a failure of SQLite', () => {
  let folder: string
  let driver: Driver
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'failures-'))
    driver = openSqlite(join(folder, 'test.db'))
    await run(driver, 'CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)')
  })
  afterEach(async () => {
    await driver.close().catch(() => {})
    rmSync(folder, { recursive: true })
  })

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'a table is missing',
      () => run(driver, `SELECT '${CANARY}' FROM u`),
      { kind: 'schema', code: 'SQLITE_ERROR' },
    ],
    [
      'a column is missing',
      () => run(driver, 'INSERT INTO t (b) VALUES (1)'),
      { kind: 'schema', code: 'SQLITE_ERROR' },
    ],
    [
      'a key is there twice',
      () => run(driver, sql`INSERT INTO t VALUES (${CANARY}), (${CANARY})`),
      { kind: 'refused-value', code: 'SQLITE_CONSTRAINT' },
    ],
    [
      'it is given too many values',
      () => run(driver, `SELECT ?${40_000}`),
      { kind: 'over-a-limit', code: 'SQLITE_ERROR' },
    ],
    [
      'it is full',
      () => run(driver, 'PRAGMA max_page_count = 3', `INSERT INTO t VALUES (hex(zeroblob(100000)))`),
      { kind: 'full', code: 'SQLITE_FULL' },
    ],
    [
      'it may only be read',
      () => run(driver, 'PRAGMA query_only = ON').then(() => run(driver, 'DELETE FROM t')),
      { kind: 'read-only', code: 'SQLITE_READONLY' },
    ],
    [
      'another program writes',
      async () => {
        const other = openSqlite(join(folder, 'test.db'), (_ms, run) => setImmediate(run))
        await run(driver, 'PRAGMA locking_mode = EXCLUSIVE')
        await run(driver, 'DELETE FROM t')
        return run(other, 'DELETE FROM t').finally(() => other.close())
      },
      { kind: 'busy', code: 'SQLITE_BUSY' },
    ],
    [
      'its folder is missing',
      async () => openSqlite(join(folder, CANARY, 'test.db')),
      { kind: 'missing', code: 'ENOENT' },
    ],
    [
      'it is a folder',
      async () => {
        mkdirSync(join(folder, CANARY))
        openSqlite(join(folder, CANARY))
      },
      { kind: 'missing' },
    ],
    [
      'it is no database',
      async () => {
        writeFileSync(join(folder, CANARY), CANARY.repeat(99))
        openSqlite(join(folder, CANARY))
      },
      { kind: 'damaged', code: 'SQLITE_NOTADB' },
    ],
    [
      'it was deleted',
      async () => {
        rmSync(join(folder, 'test.db'))
        await run(driver, 'SELECT 1')
      },
      { kind: 'missing' },
    ],
    [
      'it was replaced',
      async () => {
        rmSync(join(folder, 'test.db'))
        mkdirSync(join(folder, 'test.db'))
        await run(driver, 'SELECT 1')
      },
      { kind: 'missing' },
    ],
    [
      'it was closed',
      async () => {
        await driver.close()
        await run(driver, 'SELECT 1')
      },
      { kind: 'closed', code: 'ERR_INVALID_STATE' },
    ],
  ])('because %s is known by its kind and code alone', async (_, work, expected) => {
    expect(await failureIn(work)).toEqual(expected)
  })

  test('because a newer server made it is known', async () => {
    const newer: Migration[] = [...MIGRATIONS, { id: 1e6, name: 'newer', statements: [] }]
    await migrate(driver, newer)
    expect(await failureIn(() => migrate(driver))).toEqual({ kind: 'newer' })
  })
})

describe('a failure of PostgreSQL', () => {
  let postgres: PostgresServer
  let url: string
  let driver: Driver
  beforeAll(async () => {
    postgres = await startPostgres()
    url = await postgres.createDatabase()
    driver = openPostgres(url)
    await run(
      driver,
      'CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)',
      "CREATE ROLE stranger LOGIN PASSWORD 'a-password'",
    )
  })
  afterAll(async () => {
    await driver?.close()
    await postgres?.stop()
  })

  /** Runs something on another connection, made from a changed URL. */
  async function elsewhere(change: (url: URL) => void, statement = 'SELECT 1') {
    const changed = new URL(url)
    change(changed)
    const other = openPostgres(changed.href)
    return run(other, statement).finally(() => other.close())
  }

  test.each<[string, () => Promise<unknown>, object]>([
    ['a table is missing', () => run(driver, `SELECT '${CANARY}' FROM u`), { kind: 'schema', code: '42P01' }],
    [
      'a key is there twice',
      () => run(driver, sql`INSERT INTO t VALUES (${CANARY}), (${CANARY})`),
      { kind: 'refused-value', code: '23505' },
    ],
    [
      'a value has a wrong form',
      () => run(driver, `SELECT '${CANARY}'::int`),
      { kind: 'refused-value', code: '22P02' },
    ],
    [
      'it may only be read',
      () =>
        elsewhere(
          (to) => to.searchParams.set('options', '-c default_transaction_read_only=on'),
          'DELETE FROM t',
        ),
      { kind: 'read-only', code: '25006' },
    ],
    [
      'it takes too long',
      () => run(driver, "SELECT set_config('statement_timeout', '1', true)", 'SELECT pg_sleep(9)'),
      { kind: 'timed-out', code: '57014' },
    ],
    [
      'its administrator ends the connection',
      () => run(driver, 'SELECT pg_terminate_backend(pg_backend_pid())'),
      { kind: 'connection-lost', code: '57P01' },
    ],
    [
      'the password is wrong',
      () =>
        elsewhere((to) => {
          to.password = CANARY
        }),
      { kind: 'no-rights', code: '28P01' },
    ],
    [
      'the user may not do it',
      () =>
        elsewhere((to) => {
          to.username = 'stranger'
        }, 'DELETE FROM t'),
      { kind: 'no-rights', code: '42501' },
    ],
    [
      'there is no such database',
      () =>
        elsewhere((to) => {
          to.pathname = CANARY
        }),
      { kind: 'missing', code: '3D000' },
    ],
    [
      'it does not run',
      () =>
        elsewhere((to) => {
          to.port = '1'
        }),
      { kind: 'unreachable', code: 'ECONNREFUSED' },
    ],
    [
      'it has no certificate',
      () => elsewhere((to) => to.searchParams.set('sslmode', 'verify-full')),
      { kind: 'untrusted' },
    ],
    [
      'its own certificate file is missing',
      () => elsewhere((to) => to.searchParams.set('sslrootcert', `/${CANARY}`)),
      { kind: 'missing', code: 'ENOENT' },
    ],
    [
      'a trigger raises something',
      () => run(driver, `DO $$ BEGIN RAISE '${CANARY}'; END $$`),
      { kind: 'refused-value', code: 'P0001' },
    ],
    [
      'another session holds a lock',
      () =>
        withClient(url, async (holder) => {
          await holder.query('BEGIN; LOCK TABLE t')
          return run(driver, "SELECT set_config('lock_timeout', '1', true)", 'DELETE FROM t')
        }),
      { kind: 'busy', code: '55P03' },
    ],
    [
      'a view is made of a table',
      () => run(driver, `CREATE VIEW v AS SELECT '${CANARY}', a FROM t`, 'DROP TABLE t'),
      { kind: 'schema', code: '2BP01' },
    ],
  ])('because %s is known by its kind and code alone', async (_, work, expected) => {
    expect(await failureIn(work)).toEqual(expected)
  })

  test('because the other end is silent or breaks off, is known too', async () => {
    const kinds: [(socket: Socket) => void, string][] = [
      [(socket) => socket.resetAndDestroy(), 'connection-lost'],
      [(socket) => socket.end(), 'connection-lost'],
      [() => {}, 'timed-out'],
    ]
    for (const [behave, kind] of kinds) {
      const server = createServer((socket) => behave(socket.on('error', () => {}))).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      const failure = await failureIn(() =>
        elsewhere((to) => {
          to.port = String(port)
        }),
      )
      expect(failure.kind).toBe(kind)
      server.close()
    }
  })
})

test('a mistake of our own is told from a failure of a database', async () => {
  expect(await failureIn(() => Promise.reject(new RangeError(CANARY)))).toEqual({
    kind: 'program',
    code: 'RangeError',
  })
  expect(await failureIn(() => Promise.reject(CANARY))).toEqual({ kind: 'unknown' })
})
