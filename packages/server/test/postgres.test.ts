import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, dayAt, encodeEvent, MS_PER_DAY, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MS_PER_HOUR } from '../src/host.ts'
import { runDailyJob } from '../src/jobs/dailyJob.ts'
import type { Driver } from '../src/store/driver.ts'
import { openPostgres } from '../src/store/drivers/postgres.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { MIGRATIONS } from '../src/store/migrations.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { raw, read, sql } from '../src/store/statement.ts'
import { insertRow, openDay, openDayRow, type TableName, tableOf, tablesOf } from '../src/store/tables.ts'
import { BAD_PLACES, expectBadRowsPassedOver } from './badRows.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { httpContract } from './httpContract.ts'
import { leaksIn, WHO } from './leakScan.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'
import { runCommand } from './runCommand.ts'
import { runServer, type ServerProcess, startServer } from './serverProcess.ts'
import { listOf } from './store/testStore.ts'
import { storeContract } from './storeContract.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

const NO_ADDRESS_LIMIT = ['--events-per-address-per-hour', '1000000']

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

storeContract('PostgreSQL', async () => {
  const url = await postgres.createDatabase()
  return { connect: async () => openPostgres(url), remove: async () => {} }
})

storeContract('PostgreSQL in Danish with German dates, serializable', async () => {
  const url = await postgres.createDatabase({ locale: 'da', dateStyle: 'German', isolation: 'serializable' })
  return { connect: async () => openPostgres(url), remove: async () => {} }
})

httpContract('Node with PostgreSQL', async ({ eventsPerAddressPerHour, adminToken }) => {
  const flags = eventsPerAddressPerHour
    ? ['--events-per-address-per-hour', String(eventsPerAddressPerHour)]
    : NO_ADDRESS_LIMIT
  const env: Record<string, string> = adminToken ? { TELEMETRY_ADMIN_TOKEN: adminToken } : {}
  const server = await startServer(await postgres.createDatabase(), flags, env)
  return { url: server.url, stop: () => server.end() }
})

test(`with one unreadable row in each of ${BAD_PLACES} places all others are counted, forgotten and told of, and doctor names each`, async () => {
  const url = await postgres.createDatabase()
  const driver = openPostgres(url)
  await expectBadRowsPassedOver(driver, url)
  await driver.close()
})

test('a day of events is a table of its own, which is gone when the day is forgotten', async () => {
  const url = await postgres.createDatabase()
  const driver = openPostgres(url)
  await migrate(driver)
  const partitions = async () => {
    const [rows = []] = await driver.batch([
      read`SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
           WHERE inhparent = 'events'::regclass ORDER BY relname`,
    ])
    return rows.map(({ relname }) => relname)
  }
  await driver.batch([insertRow('days', openDayRow(TODAY, 1))])
  expect(await partitions()).toEqual(['events_2026_11_21'])
  await driver.batch([sql`UPDATE days SET version = 2 WHERE day = ${TODAY}`])
  expect(await partitions()).toEqual(['events_2026_11_21'])
  await driver.batch([sql`UPDATE days SET forgotten = 1 WHERE day = ${TODAY}`])
  expect(await partitions()).toEqual([])
  await driver.close()
})

test('the day on which a store was made is in UTC, wherever its database keeps its clock', async () => {
  for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
    const url = await postgres.createDatabase()
    const before = openPostgres(url)
    await before.batch([raw(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET TimeZone TO '${zone}'`)])
    await before.close()
    const first = dayAt(Date.now())
    const driver = openPostgres(url)
    await migrate(driver)
    const { setUpOn } = await createSqlStore({
      driver,
      host: testHost(Date.now),
      eventsPerIdPerHour: 10,
    }).milestones()
    expect(first <= setUpOn && setUpOn <= dayAt(Date.now()), `${zone}: ${setUpOn}`).toBe(true)
    await driver.close()
  }
})

test("servers go by the database's clock, whatever their own says", async () => {
  const driver = openPostgres(await postgres.createDatabase())
  await migrate(driver)
  const ahead = () => Date.now() + 200 * MS_PER_DAY
  const store = createSqlStore({ driver, host: testHost(ahead), eventsPerIdPerHour: 10 })
  const today = dayAt(Date.now())
  await store.add(await eventOf({ installation: 1, day: today }))
  await runDailyJob(store, testHost(ahead), 90)
  expect(await store.rawDaysBefore(addDays(today, 1))).toHaveLength(1)
  const clock = await store.checkClock(ahead())
  expect([clock.outcome, dayAt(clock.now) <= dayAt(Date.now())]).toEqual(['believed', true])
  expect(await store.leftAhead(dayAt(Date.now()))).toEqual({ reports: [], milestones: {} })
  await store.close()
})

test('a Danish database with German dates that an older server made is put right, and keeps its events', async () => {
  const url = await postgres.createDatabase({ locale: 'da', dateStyle: 'German' })
  const driver = openPostgres(url)
  await migrate(
    driver,
    MIGRATIONS.filter(({ id }) => id < 14),
  )
  const store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
  const ids = ['aa', 'ab', 'ff'].map((start) => `${start}000000-0000-8000-8000-000000000001`)
  for (const installation of ids) {
    for (const day of [TODAY, addDays(TODAY, -1)]) {
      const event = await eventOf({ installation, day })
      const { event_id, telemetry_id } = event
      const row = { day, telemetry_id, event_id, body: encodeEvent(event) }
      await driver.batch([openDay(day), insertRow('events', row)])
    }
  }
  await driver.batch([sql`UPDATE milestones SET day = '05.11.2026'`])
  const indexes = read`SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`
  const before = await driver.batch([indexes])
  await migrate(
    driver,
    MIGRATIONS.filter(({ id }) => id < 18),
  )
  expect(await driver.batch([indexes])).toEqual(before)
  await migrate(driver)
  expect((await store.milestones()).setUpOn).toBe('2026-11-05')
  const unordered = read`SELECT attrelid::regclass::text AS name, attname FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attcollation = 100
      AND relname <> 'migrations'`
  expect(await driver.batch([unordered])).toEqual([[]])
  for (const day of [TODAY, addDays(TODAY, -1)]) {
    const events = await listOf(store.eventsOf(day))
    expect(events.map(({ telemetry_id }) => telemetry_id)).toEqual(ids)
  }
  expect(await store.add(await eventOf({ installation: 1, day: addDays(TODAY, -2) }))).toEqual({
    outcome: 'stored',
  })
  await store.close()
})

test('a password is neither printed nor logged, whether the database opens or not', async () => {
  const wrong = new URL(await postgres.createDatabase())
  wrong.password = 'canary-password'
  const failure = await startServer(wrong.href).catch((error: Error) => error.message)
  expect(failure).toMatch(/^Cannot open the database/)
  expect(failure).not.toContain('canary')
  const unencoded = wrong.href.replace('canary-password', 'first@canary/second#third')
  const refusal = await startServer(unencoded).catch((error: Error) => error.message)
  expect(refusal).toMatch(/^voicemode-telemetry-server: TELEMETRY_DATABASE .*percent-encode/)
  expect(refusal).not.toMatch(/canary|first|second|third/)
  const unknownHost = wrong.href.replace('127.0.0.1', 'canary.invalid')
  const unknown = await startServer(unknownHost).catch((error: Error) => error.message)
  expect(unknown).toMatch(/TELEMETRY_DATABASE names \(unreachable/)
  expect(unknown).not.toMatch(/canary/)

  const server = await startServer(await postgres.createDatabase())
  await server.end()
  expect(server.output()).not.toContain('a-password')
})

/** A file's bytes, where it was written since. The database makes and removes caches at any time. */
function readIfWritten(path: string, sinceMs: number): Buffer {
  try {
    return statSync(path).mtimeMs >= sinceMs ? readFileSync(path) : Buffer.alloc(0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return Buffer.alloc(0)
  }
}

test('nothing of an address or a user agent is in any file of the database or in a log, nor a hash of it', async () => {
  const url = await postgres.createDatabase()
  // A file system may keep times by the second only.
  const begunAt = Math.floor(Date.now() / 1000) * 1000
  const server = await startServer(url, ['--trusted-proxy', '127.0.0.1'])
  const event = await eventOf({ installation: 1, day: dayAt(Date.now()) })
  for (const name of ['the address behind a proxy', 'the IPv6 address behind a proxy'] as const) {
    for (const path of ['/v1/events', '/v1/rights/export']) {
      const headers = {
        'content-type': 'application/json',
        'user-agent': WHO['the user agent'],
        'x-forwarded-for': WHO[name],
      }
      await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(event) })
    }
  }
  await server.end()
  const driver = openPostgres(url)
  await driver.batch([read`CHECKPOINT`])
  await driver.close()
  const files = readdirSync(postgres.folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readIfWritten(join(file.parentPath, file.name), begunAt))
  expect(files.some((bytes) => bytes.includes(event.event_id))).toBe(true)
  expect([...files, Buffer.from(server.output())].flatMap(leaksIn)).toEqual([])
})

test('a server that is stopped in the middle of its daily job ends in peace', async () => {
  const url = await postgres.createDatabase()
  const driver = openPostgres(url)
  await migrate(driver)
  await driver.close()
  const holder = new pg.Client(url)
  await holder.connect()
  await holder.query('BEGIN; LOCK TABLE days')
  const server = await startServer(url)
  server.process.kill('SIGTERM')
  while (await fetch(server.url).catch(() => undefined)) await holder.query('SELECT 1')
  await holder.end()
  expect(await server.end()).toBe(0)
  expect(server.output()).toBe(`{"url":"${server.url}"}\n`)
})

describe('three servers on one database', () => {
  const today = dayAt(Date.now())
  let url: string
  let servers: ServerProcess[]
  beforeEach(async () => {
    url = await postgres.createDatabase()
    servers = await Promise.all([1, 2, 3].map(() => startServer(url, NO_ADDRESS_LIMIT)))
  })
  afterEach(async () => {
    for (const server of servers) await server.end('SIGKILL')
  })

  const send = (server: ServerProcess | undefined, event: TelemetryEvent) =>
    fetch(`${server?.url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(event),
      headers: { 'content-type': 'application/json' },
    })

  const hourNow = () => Math.floor(Date.now() / MS_PER_HOUR)

  async function storedIds(): Promise<string[]> {
    const driver = openPostgres(url)
    const [rows = []] = await driver.batch([read`SELECT event_id FROM events`])
    await driver.close()
    return rows.map((row) => String(row.event_id))
  }

  test('of 24 events of each of 20 installations, spread over all at once, exactly 10 are taken', async () => {
    const installations = Array.from({ length: 20 }, (_, n) => n)
    const events = await Promise.all(
      Array.from({ length: 24 }, (_, hour) =>
        installations.map((installation) =>
          eventOf({ installation, day: dayAt(Date.now() - MS_PER_DAY), hour }),
        ),
      ).flat(),
    )
    const answers = await Promise.all(
      events.map(async (event, n) => {
        const answer = await send(servers[n % 3], event)
        await answer.text()
        return { id: event.telemetry_id, status: answer.status }
      }),
    )
    const perId = Map.groupBy(answers, ({ id }) => id)
    for (const [id, of] of perId) {
      const taken = of.filter(({ status }) => status === 200).length
      const limited = of.filter(({ status }) => status === 429).length
      expect([taken, limited], id).toEqual([10, 14])
    }
    expect(await storedIds()).toHaveLength(200)
  })

  test('of requests of one address, spread over all at once, exactly its number is taken', async () => {
    let installations = 0
    const startLimited = () => startServer(url, ['--events-per-address-per-hour', '50'])
    const newEvents = (n: number) =>
      Promise.all(Array.from({ length: n }, () => eventOf({ installation: installations++, day: today })))

    /** Sends too many to three servers, then one to each, after one has died and one has lost its connection. */
    async function countAnswers() {
      const limited = await Promise.all([1, 2, 3].map(startLimited))
      const answers = await Promise.all((await newEvents(120)).map((event, n) => send(limited[n % 3], event)))
      await limited[0]?.end('SIGKILL')
      const driver = openPostgres(url)
      const sessions = sql`FROM pg_stat_activity WHERE datname = current_database()
        AND query LIKE '%address_counts%' AND pid <> pg_backend_pid()`
      await driver.batch([sql`SELECT pg_terminate_backend(pid) FROM (SELECT pid ${sessions} LIMIT 1) AS one`])
      await driver.close()
      limited[0] = await startLimited()
      const later = await Promise.all((await newEvents(3)).map((event, n) => send(limited[n], event)))
      for (const server of limited) await server.end('SIGKILL')
      return {
        taken: answers.filter(({ status }) => status === 200).length,
        // Whoever comes later, or again, is counted with them while one is left who knows the key.
        later: later.map(({ status }) => status),
      }
    }

    let [hour, counted] = [hourNow(), await countAnswers()]
    // Where an hour of UTC ended meanwhile, what was counted was counted in two.
    while (hour !== hourNow()) [hour, counted] = [hourNow(), await countAnswers()]
    expect(counted).toEqual({ taken: 50, later: [429, 429, 429] })
  })

  test('one of them killed again and again: every acknowledged event is there, once', async () => {
    const KILLS = 4
    const ACKNOWLEDGED_PER_KILL = 400
    const acknowledged: string[] = []
    let kills = 0
    let installation = 0
    let restarting: Promise<unknown> = Promise.resolve()
    async function killAndStartAnother() {
      await servers[0]?.end('SIGKILL')
      servers[0] = await startServer(url, NO_ADDRESS_LIMIT)
    }
    async function sendAll(sender: number) {
      while (kills < KILLS) {
        const event = await eventOf({ installation: installation++, day: today })
        // A sender whose server died tries the next one with the same event, as a queue does.
        for (let tries = 0; ; tries++) {
          const answer = await send(servers[(sender + tries) % 3], event).catch(() => undefined)
          if (answer?.status === 200) break
          expect(answer?.status ?? 503).toBe(503)
        }
        acknowledged.push(event.event_id)
        if (acknowledged.length === (kills + 1) * ACKNOWLEDGED_PER_KILL) {
          kills++
          restarting = restarting.then(killAndStartAnother)
        }
      }
    }
    await Promise.all(Array.from({ length: 48 }, (_, sender) => sendAll(sender)))
    await restarting
    const stored = await storedIds()
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS * ACKNOWLEDGED_PER_KILL)
    expect(new Set(stored).size).toBe(stored.length)
    expect(stored).toEqual(expect.arrayContaining(acknowledged))
  })
})

describe('doctor', () => {
  async function examine(database: string, flags: string[] = []) {
    const { exitCode, stdout } = await runCommand(['doctor', '--json', ...flags], {
      TELEMETRY_DATABASE: database,
    })
    expect(stdout).not.toMatch(/a-password|canary|127\.|test_\d/)
    const { findings } = JSON.parse(stdout) as { findings: { check: string; outcome: string }[] }
    return { exitCode, outcomes: Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome])) }
  }

  const OK = {
    settings: 'ok',
    'admin token': 'ok',
    database: 'ok',
    migrations: 'ok',
    clock: 'ok',
    'database link': 'ok',
    durability: 'ok',
    sessions: 'ok',
    events: 'ok',
    rows: 'ok',
    promises: 'ok',
    https: 'ok',
    health: 'ok',
    objection: 'ok',
    refusal: 'ok',
    charts: 'ok',
    operator: 'ok',
    'server clock': 'ok',
    proxy: 'ok',
    deletions: 'ok',
    'server events': 'ok',
  }
  const UNASKED = {
    migrations: 'skipped',
    clock: 'skipped',
    'database link': 'skipped',
    durability: 'skipped',
    sessions: 'skipped',
    events: 'skipped',
    rows: 'skipped',
    promises: 'skipped',
  }

  test('a healthy deployment has nothing to fix, and nothing is left of asking', async () => {
    const url = await postgres.createDatabase()
    const server = await startServer(url)
    await postgres.setFsync('on')
    expect(await examine(url, ['--url', server.url])).toEqual({ exitCode: 0, outcomes: OK })
    await postgres.setFsync('off')
    expect((await examine(url, ['--url', server.url])).outcomes).toEqual({ ...OK, durability: 'fix' })
    await server.end()
    const driver = openPostgres(url)
    const [tables] = await driver.batch([read`SELECT relname FROM pg_class WHERE relname LIKE '%doctor%'`])
    const [days] = await driver.batch([read`SELECT day FROM days WHERE version > 0 OR day = 'doctor'`])
    expect([tables, days]).toEqual([[], []])
    await driver.close()
  })

  test('an old database, an open way to it, and one that is not to be written are to be fixed', async () => {
    const url = await postgres.createDatabase()
    expect((await examine(url)).outcomes).toMatchObject({ database: 'ok', migrations: 'fix' })
    // A loopback address in a spelling that nobody uses passes for one that is none.
    const open = url.replace('127.0.0.1', '127.1')
    expect((await examine(open)).outcomes).toMatchObject({ database: 'ok', 'database link': 'fix' })
    const readOnly = `${url}?options=${encodeURIComponent('-c default_transaction_read_only=on')}`
    expect((await examine(readOnly)).outcomes).toMatchObject({ database: 'fix', migrations: 'fix' })
  })

  test('a database that cannot be reached is to be fixed, and what needs it is not guessed', async () => {
    const url = await postgres.createDatabase()
    for (const wrong of [url.replace('a-password', 'canary-password'), url.replace(/:\d+\//, ':1/')]) {
      const { exitCode, outcomes } = await examine(wrong)
      expect([exitCode, outcomes]).toEqual([1, expect.objectContaining({ database: 'fix', ...UNASKED })])
    }
  })
})

describe('moving from SQLite', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'move-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const MOVED = tablesOf('postgres').filter((name) => tableOf(name).onMove !== 'leave')
  const NEWEST_LIMITS = read`SELECT subject, window_start, MAX(n) AS n FROM limit_log GROUP BY subject, window_start`

  async function dump(driver: Driver): Promise<string[][]> {
    const isLog = (name: TableName) => name === 'quota' && driver.engine === 'sqlite'
    const tables = await driver.batch(
      MOVED.map((name) => (isLog(name) ? NEWEST_LIMITS : read`SELECT * FROM ${raw(name)}`)),
    )
    return tables.map((rows) => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort())
  }

  async function run(...args: string[]) {
    const child = runServer(['move', ...args])
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    const [exitCode] = await once(child, 'close')
    return { exitCode, output }
  }

  test('a row that the new database refuses is counted and keeps no other', async () => {
    const path = join(folder, 'refused.db')
    const source = openSqlite(path)
    await migrate(source)
    const store = createSqlStore({ driver: source, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
    const events = await Promise.all([1, 2, 3].map((installation) => eventOf({ installation })))
    for (const event of events) await store.add(event)
    await source.batch([
      sql`UPDATE events SET body = ${'canary\0'} WHERE event_id = ${events[1]?.event_id ?? ''}`,
    ])
    await store.close()
    const url = await postgres.createDatabase()
    const { exitCode, output } = await run('--from', `sqlite:${path}`, '--to', url)
    expect([exitCode, output]).toEqual([1, expect.stringContaining('refused others (1 of events)')])
    expect(output).not.toContain('canary')
    const driver = openPostgres(url)
    const [rows] = await driver.batch([read`SELECT COUNT(*) AS n FROM events`])
    await driver.close()
    expect(rows).toEqual([{ n: 2 }])
  })

  test('everything is copied in one command, and the server goes on with it', async () => {
    const path = join(folder, 'old.db')
    const source = openSqlite(path)
    await migrate(source)
    const clock = { now: NOON }
    const store = createSqlStore({ driver: source, host: testHost(() => clock.now), eventsPerIdPerHour: 10 })
    const events = await Promise.all([
      ...Array.from({ length: 1100 }, (_, installation) => eventOf({ installation })),
      eventOf({ installation: 1, day: addDays(TODAY, -80) }),
    ])
    await Promise.all(events.map((event) => store.add(event)))
    clock.now += 20 * MS_PER_DAY
    await runDailyJobAt(clock.now, store)
    await store.deleteInstallation(events[0]?.telemetry_id ?? '')
    for (const hour of [3, 4]) await store.add(await eventOf({ installation: 2, hour }))
    await store.exportInstallation('nobody')
    await store.addReport('2026-W46', 'a report\n', TODAY)
    await source.batch([sql`UPDATE milestones SET day = '2026-01-01' WHERE name = 'set up'`])
    const before = await dump(source)
    expect(before.every((rows) => rows.length > 0)).toBe(true)
    await store.close()

    const url = await postgres.createDatabase()
    const target = openPostgres(url)
    await migrate(target)
    await target.prepareDay(TODAY)
    expect(await run('--from', `sqlite:${path}`, '--to', url)).toMatchObject({ exitCode: 0 })
    expect(await dump(target)).toEqual(before)
    const moved = createSqlStore({
      driver: { ...target, clock: undefined },
      host: testHost(() => clock.now),
      eventsPerIdPerHour: 10,
    })
    expect(await moved.add(await eventOf({ installation: 3, hour: 3 }))).toEqual({ outcome: 'stored' })
    const [late, gone] = [addDays(TODAY, -80), events[0]?.telemetry_id ?? '']
    expect(await moved.add(await eventOf({ installation: 7, day: late }))).toEqual({ outcome: 'forgotten' })
    expect(await moved.add(await eventOf({ installation: gone }))).toEqual({ outcome: 'suppressed' })
    await runDailyJobAt(clock.now + 91 * MS_PER_DAY, moved)
    expect((await dump(target))[MOVED.indexOf('events')]).toEqual([])
    await moved.close()

    const again = await run('--from', `sqlite:${path}`, '--to', url)
    expect(again).toMatchObject({ exitCode: 1, output: expect.stringContaining('not empty') })
  })

  test('what cannot be moved is told without the password', async () => {
    const url = (await postgres.createDatabase()).replace('a-password', 'canary-password')
    expect((await run('--from', 'canary', '--to', url)).exitCode).toBe(2)
    for (const path of [join(folder, 'missing.db'), folder]) {
      const { exitCode, output } = await run('--from', `sqlite:${path}`, '--to', url)
      expect([exitCode, output.includes('canary')]).toEqual([1, false])
    }
    const path = join(folder, 'let-go.db')
    await openSqlite(path).close()
    const target = url.replace(/:\d+\//, ':1/')
    const { exitCode, stderr } = await runCommand(['move', '--from', `sqlite:${path}`, '--to', target])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('unreachable')])
    expect(existsSync(`${path}-wal`), 'the log of writes goes when the database is closed').toBe(false)
  })
})
