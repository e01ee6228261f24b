import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addDays, startOfDay, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeReportByHand } from '../src/report/makeReports.ts'
import type { Driver } from '../src/store/driver.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { createWriteLog } from '../src/store/drivers/sqliteWriteLog.ts'
import { migrate } from '../src/store/migrate.ts'
import { MIGRATIONS } from '../src/store/migrations.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { erase, raw, read, sql } from '../src/store/statement.ts'
import { BAD_PLACES, expectBadRowsPassedOver } from './badRows.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { startReading } from './startReading.ts'
import { storeContract } from './storeContract.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

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

test(`with one unreadable row in each of ${BAD_PLACES} places all others are counted, forgotten and told of, and doctor names each`, async () => {
  const path = join(folder, 'test.db')
  const driver = openSqlite(path)
  await expectBadRowsPassedOver(driver, `sqlite:${path}`)
  await driver.close()
})

test('only its owner may read a database file', async () => {
  const driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  for (const name of ['test.db', 'test.db-wal', 'test.db-shm']) {
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  }
  await driver.close()
})

test.skipIf(process.platform !== 'linux')('a migration puts aside what it sorts beside the database', () => {
  // In a process of its own, for SQLite decides once where that is.
  const script = `
    import { readdirSync, readlinkSync } from 'node:fs'
    const { openSqlite } = await import('${new URL('../src/store/drivers/sqlite.ts', import.meta.url)}')
    const driver = openSqlite('${join(folder, 'test.db')}')
    const each = 'WITH RECURSIVE each(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < 50000)'
    const text = 'CREATE TEMP TABLE many AS ' + each + ' SELECT hex(randomblob(100)) FROM each'
    await driver.batch([text, 'SELECT 1'].map((text) => ({ text: [text], values: [], migrates: true })))
    for (const file of readdirSync('/proc/self/fd')) {
      try { console.log(readlinkSync('/proc/self/fd/' + file)) } catch {}
    }`
  const { SQLITE_TMPDIR: _, ...env } = process.env
  const open = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env,
  })
  const aside = open.split('\n').filter((path) => path.includes('etilqs_'))
  expect(aside.map((path) => dirname(path))).toEqual([folder])
})

test.skipIf(process.platform === 'win32')(
  'a link to a database file in another folder is as good',
  async () => {
    const path = join(folder, 'linked.db')
    symlinkSync(join(mkdtempSync(join(folder, 'disk-')), 'test.db'), path)
    const driver = openSqlite(path)
    await migrate(driver)
    rmSync(`${realpathSync(path)}-wal`)
    await expect(driver.batch([read`SELECT 1`])).rejects.toThrow('missing')
    await driver.close()
  },
)

test.each(['test.db', 'test.db-wal'])(
  'where %s was deleted or replaced, nothing more is taken',
  async (name) => {
    const driver = openSqlite(join(folder, 'test.db'))
    await migrate(driver)
    await openSqlite(join(folder, 'test.db')).close()
    await driver.batch([erase`DELETE FROM quota`])
    rmSync(join(folder, name))
    await expect(driver.batch([read`SELECT 1`])).rejects.toThrow('missing')
    writeFileSync(join(folder, name), '')
    await expect(driver.checkWrites([])).rejects.toThrow('missing')
    await driver.close()
  },
)

test('while another program writes, what is to be written waits and what is read does not', async () => {
  const path = join(folder, 'test.db')
  const driver = openSqlite(path)
  await migrate(driver)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const writing = driver.batch([sql`INSERT INTO quota VALUES ('waits', 1, 1)`])
  const counting = read`SELECT COUNT(*) AS n FROM quota`
  expect(await driver.batch([counting])).toEqual([[{ n: 0 }]])
  other.exec('ROLLBACK')
  await writing
  expect(await driver.batch([counting])).toEqual([[{ n: 1 }]])
  other.close()
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
  const [rows] = await other.batch([read`SELECT id FROM migrations ORDER BY id`])
  expect(rows).toEqual(later.map(({ id }) => ({ id })))
  await expect(migrate(driver)).rejects.toThrow('newer')
  await Promise.all([driver.close(), other.close()])
})

test('a database file that the first server wrote, with a view of its operator’s, opens, loses nothing and is counted on', async () => {
  // 8 installations on the newest of three days, 9 and 10 on those before; all counted but the last event. None tells the
  // steps at which its operations failed.
  const path = join(folder, 'first-landed.db')
  copyFileSync(new URL('first-landed.db', import.meta.url), path)
  const driver = openSqlite(path)
  await driver.batch([sql`CREATE VIEW views AS SELECT COUNT(*) AS n FROM events`])
  await migrate(driver)
  expect(await driver.batch([read`SELECT n FROM views`])).toEqual([[{ n: 28 }]])
  const store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })

  const days = [0, 1, 2].map((n) => addDays(TODAY, -n))
  const installationsOn = async () => {
    const counts = await store.counts(addDays(TODAY, -2), TODAY)
    return counts.filter(({ field }) => field === 'installations').map(({ n }) => n)
  }
  expect(await installationsOn()).toEqual([10, 9, 8])
  for (const [n, day] of days.entries()) {
    const sent = await Promise.all(
      Array.from({ length: 8 + n }, (_, installation) => eventOf({ installation: installation + 1, day })),
    )
    if (n === 0) sent.splice(1, 0, await eventOf({ installation: 1, hour: 5 }))
    const stored: TelemetryEvent[] = []
    for await (const event of store.eventsOf(day)) stored.push(event)
    const byId = (a: TelemetryEvent, b: TelemetryEvent) => (a.event_id < b.event_id ? -1 : 1)
    expect(stored.sort(byId)).toEqual(sent.sort(byId).map(withoutSteps))
  }
  const again = await eventOf({ installation: 3 })
  expect(await store.add(again)).toEqual({ outcome: 'conflicting' })
  expect(await store.exportInstallation(again.telemetry_id)).toHaveLength(3)
  await runDailyJobAt(NOON, store)
  expect(await installationsOn()).toEqual([10, 9, 8])
  const counts = await store.counts(TODAY, TODAY)
  expect(counts).toContainEqual({ day: TODAY, field: 'usage.total_sessions', value: '', n: 27 })
  expect(counts).toContainEqual({ day: TODAY, field: 'usage.success_rate', value: '', n: 81 })
  const due = startOfDay('2026-11-30')
  expect(await makeReportByHand(store, '2026-W47', due, 90, testHost(Date.now).randomBytes)).toBe('added')
  await store.close()
})

test('a commit waits for as long as each turn brings more events, and one alone waits for a single turn', async () => {
  const driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  const later = await Promise.all([1, 2, 3].map((installation) => eventOf({ installation })))
  const adding: Promise<unknown>[] = []
  const seen: string[] = []
  const store = createSqlStore({
    driver: {
      ...driver,
      batch(statements) {
        seen.push('commit')
        return driver.batch(statements)
      },
    },
    host: {
      ...testHost(() => NOON),
      async nextTurn() {
        seen.push('turn')
        const next = later.pop()
        if (next) adding.push(store.add(next))
      },
    },
    eventsPerIdPerHour: 10,
  })
  await store.add(await eventOf({ installation: 4 }))
  await Promise.all(adding)
  await store.add(await eventOf({ installation: 5 }))
  expect(seen).toEqual(['turn', 'turn', 'turn', 'turn', 'commit', 'turn', 'commit'])
  await store.close()
})

test('a database that is out of connections is not asked again for each event of a commit', async () => {
  const driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  let commits = 0
  const full: Driver = {
    ...driver,
    async batch() {
      commits++
      throw Object.assign(new Error(), { code: '53300' })
    },
  }
  const store = createSqlStore({ driver: full, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
  const events = await Promise.all([1, 2, 3].map((installation) => eventOf({ installation })))
  const answers = await Promise.allSettled(events.map((event) => store.add(event)))
  expect([commits, answers.map(({ status }) => status)]).toEqual([1, Array(3).fill('rejected')])
  await driver.close()
})

describe('the log of writes', () => {
  /** What was put off; the test lets its time come. */
  let putOff: (() => void)[]
  const open = () => openSqlite(join(folder, 'test.db'), (_ms, run) => putOff.push(run))
  const letTimePass = () => {
    for (const run of putOff.splice(0)) run()
  }
  const filesWith = (text: string) =>
    readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text))
  beforeEach(() => {
    putOff = []
  })

  test('keeps what was deleted only while somebody reads it, and that is known', async () => {
    const driver = open()
    await migrate(driver)
    await driver.batch([sql`INSERT INTO quota VALUES ('canary', 1, 1)`])
    expect(driver.deletionWaits()).toBe(false)
    const reader = startReading(join(folder, 'test.db'))
    await driver.batch([erase`DELETE FROM quota`])
    letTimePass()
    expect([driver.deletionWaits(), filesWith('canary')]).toEqual([true, ['test.db-wal']])
    reader.close()
    letTimePass()
    expect([driver.deletionWaits(), filesWith('canary'), putOff]).toEqual([false, [], []])
    await driver.close()
  })

  test('is emptied by whoever opens the database after one that was stopped too early', async () => {
    const stopped = open()
    await migrate(stopped)
    await stopped.batch([sql`INSERT INTO quota VALUES ('canary', 1, 1)`])
    const reader = startReading(join(folder, 'test.db'))
    await stopped.batch([erase`DELETE FROM quota`])
    const beside = open()
    expect([beside.deletionWaits(), filesWith('canary')]).toEqual([true, ['test.db-wal']])
    reader.close()
    const after = open()
    expect([after.deletionWaits(), filesWith('canary')]).toEqual([false, []])
    for (const driver of [stopped, beside, after]) await driver.close()
    letTimePass()
  })

  test.skipIf(process.platform === 'win32')(
    'that cannot be flushed goes into the database, and nothing is acknowledged until that is done',
    async () => {
      const path = join(folder, 'test.db')
      const database = new DatabaseSync(path)
      database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 0; CREATE TABLE events (body TEXT)')
      symlinkSync('/dev/null', join(folder, 'fails-to-flush-wal'))
      const log = createWriteLog(database, join(folder, 'fails-to-flush-wal'), (_ms, run) => putOff.push(run))
      const reader = startReading(path)
      database.exec("INSERT INTO events VALUES ('canary')")
      await expect(log.flush()).rejects.toThrow('fdatasync')
      await expect(log.flush()).rejects.toThrow('fdatasync')
      reader.close()
      await log.flush()
      expect(filesWith('canary')).toEqual(['test.db'])
      log.close()
      database.close()
    },
  )

  test('is flushed by one at a time, for the system tells only one of several that it failed', async () => {
    const database = new DatabaseSync(join(folder, 'test.db'))
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE events (body TEXT)')
    const flushes: PromiseWithResolvers<void>[] = []
    const flushFile = () => {
      const flush = Promise.withResolvers<void>()
      flushes.push(flush)
      return flush.promise
    }
    const log = createWriteLog(
      database,
      join(folder, 'test.db-wal'),
      (_ms, run) => putOff.push(run),
      flushFile,
    )
    const done: string[] = []
    const flush = (name: string) => log.flush().then(() => done.push(name))
    const first = flush('first')
    await vi.waitFor(() => expect(flushes).toHaveLength(1))
    const others = Promise.all([flush('second'), flush('third')])
    flushes[0]?.resolve()
    await first
    await vi.waitFor(() => expect(flushes).toHaveLength(2))
    expect(done).toEqual(['first'])
    flushes[1]?.resolve()
    await others
    expect(flushes).toHaveLength(2)
    log.close()
    database.close()
  })

  test('does not stay large, also if nothing more is written after a reader that kept it has let go', async () => {
    const driver = open()
    await migrate(driver)
    const size = () => statSync(join(folder, 'test.db-wal')).size
    const write = (name: string) =>
      driver.batch([sql`INSERT INTO quota VALUES (${name} || hex(zeroblob(1000000)), 1, 1)`])
    for (let n = 0; n < 40; n++) await write(`alone ${n}`)
    expect([size() <= 67_108_864, putOff]).toEqual([true, []])
    const reader = startReading(join(folder, 'test.db'))
    for (let n = 0; n < 40; n++) await write(`beside ${n}`)
    letTimePass()
    expect(size()).toBeGreaterThan(67_108_864)
    reader.close()
    letTimePass()
    expect([size(), putOff]).toEqual([0, []])
    await driver.close()
  })
})

function withoutSteps(event: TelemetryEvent): unknown {
  const { failed_steps: _, ...usage } = event.usage
  return { ...event, usage }
}

test('an event that the database refuses takes no other of its commit with it', async () => {
  const driver = openSqlite(join(folder, 'test.db'))
  await migrate(driver)
  const events = await Promise.all(
    Array.from({ length: 21 }, (_, installation) => eventOf({ installation, day: TODAY })),
  )
  const bad = events[13] as TelemetryEvent
  await driver.batch([
    sql`CREATE TRIGGER refusal BEFORE INSERT ON events WHEN NEW.event_id = ${raw(`'${bad.event_id}'`)}
        BEGIN SELECT RAISE(ABORT, 'refused'); END`,
  ])
  const store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
  const answers = await Promise.allSettled(events.map((event) => store.add(event)))
  expect(answers.flatMap(({ status }, n) => (status === 'rejected' ? [events[n]] : []))).toEqual([bad])
  const [stored] = await driver.batch([read`SELECT COUNT(*) AS n FROM events`])
  expect(stored).toEqual([{ n: 20 }])
  await store.close()
})
