import { addDays, type Day, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Driver } from '../src/store/driver.ts'
import { openPostgres } from '../src/store/drivers/postgres.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { read } from '../src/store/statement.ts'
import type { Store } from '../src/store/store.ts'
import { withClient } from './databaseLosses.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'
import { listOf } from './store/testStore.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

let postgres: PostgresServer
let url: string
let driver: Driver
let store: Store
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  url = await postgres.createDatabase()
  // The days of a test are not those of the database's clock.
  driver = { ...openPostgres(url), clock: undefined }
  await migrate(driver)
  store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
})
afterEach(() => store.close())

const tablesOfDays = async () => {
  const [rows = []] = await driver.batch([
    read`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY name`,
  ])
  return rows.map(({ name }) => name)
}

/** Reads all events and stays, as a dump does. */
async function startReading(): Promise<pg.Client> {
  const reader = new pg.Client(url)
  await reader.connect()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await reader.query('SELECT COUNT(*) FROM events')
  return reader
}

test('days lose their events on time beside a dump, nobody waits for it, and their tables go when it is over', async () => {
  const days: Day[] = [12, 11, 10, 1].map((n) => addDays(TODAY, -n))
  for (const day of days) await store.add(await eventOf({ installation: 1, day }))
  const reader = await startReading()

  let isOver = false
  const job = runDailyJobAt(NOON, store, 5).finally(() => {
    isOver = true
  })
  let installation = 10
  do expect((await store.add(await eventOf({ installation: installation++ }))).outcome).toBe('stored')
  while (!isOver)
  await job
  const left = await Promise.all(days.map(async (day) => (await listOf(store.eventsOf(day))).length))
  expect(left).toEqual([0, 0, 0, 1])
  expect([(await tablesOfDays()).length, store.deletionWaits()]).toEqual([7, true])

  await reader.query('COMMIT')
  await reader.end()
  await runDailyJobAt(NOON, store, 5)
  const kept = ['events_2026_11_20', 'events_2026_11_21', 'events_2026_11_22', 'events_2026_11_23']
  expect([await tablesOfDays(), store.deletionWaits()]).toEqual([kept, false])
})

test('days lose their events on time beside a view of their table, which holds up no other and goes when it can', async () => {
  const days: Day[] = [12, 11, 10].map((n) => addDays(TODAY, -n))
  for (const day of days) await store.add(await eventOf({ installation: 1, day }))
  await withClient(url, (client) => client.query('CREATE VIEW kept AS SELECT * FROM events_2026_11_09'))
  const reader = new pg.Client(url)
  await reader.connect()
  await reader.query('BEGIN; LOCK TABLE events_2026_11_10 IN ACCESS SHARE MODE')

  const job = runDailyJobAt(NOON, store, 5)
  await expect(job).rejects.toMatchObject({
    failures: [{ step: 'tidying', day: '2026-11-09', kind: 'schema', code: '2BP01' }],
  })
  const left = await Promise.all(days.map(async (day) => (await listOf(store.eventsOf(day))).length))
  expect([left, store.deletionWaits()]).toEqual([[0, 0, 0], true])
  const waiting = ['events_2026_11_09', 'events_2026_11_10']
  expect((await tablesOfDays()).filter((name) => String(name) < 'events_2026_11_20')).toEqual(waiting)

  await reader.end()
  await withClient(url, (client) => client.query('DROP VIEW kept'))
  await runDailyJobAt(NOON, store, 5)
  expect([(await tablesOfDays()).length, store.deletionWaits()]).toEqual([3, false])
})

test('an event of a day whose table cannot be made now is put off, and no other waits for it', async () => {
  await store.add(await eventOf({ installation: 1 }))
  const analyzer = new pg.Client(url)
  await analyzer.connect()
  await analyzer.query('BEGIN; LOCK TABLE events IN SHARE UPDATE EXCLUSIVE MODE')
  const waiting = await eventOf({ installation: 2, day: addDays(TODAY, -3) })
  const refused = store.add(waiting).catch(({ failure }) => failure)
  let isOver = false
  refused.finally(() => {
    isOver = true
  })
  let installation = 10
  do expect((await store.add(await eventOf({ installation: installation++ }))).outcome).toBe('stored')
  while (!isOver)
  expect(await refused).toEqual({ kind: 'busy', code: '55P03' })
  await analyzer.end()
  expect(await store.add(waiting)).toEqual({ outcome: 'stored' })
})

test('events of many new days at once do not keep each other from being stored', async () => {
  const events = await Promise.all(
    Array.from({ length: 20 }, (_, n) => eventOf({ installation: n, day: addDays(TODAY, -n) })),
  )
  const added = await Promise.all(events.map((event) => store.add(event)))
  expect(added.filter(({ outcome }) => outcome !== 'stored')).toEqual([])
})

test('the next days have their tables before their first event, and nothing else takes note of them', async () => {
  await runDailyJobAt(NOON, store)
  expect(await tablesOfDays()).toEqual(['events_2026_11_21', 'events_2026_11_22', 'events_2026_11_23'])
  expect(await store.firstDay()).toBe((await store.milestones()).setUpOn)
  const later = await store.checkClock(NOON + 4 * MS_PER_DAY)
  expect(later).toMatchObject({ outcome: 'doubted', newestKnown: TODAY })
  await runDailyJobAt(NOON + 3 * MS_PER_DAY, store, 1)
  expect(await tablesOfDays()).toEqual([
    'events_2026_11_23',
    'events_2026_11_24',
    'events_2026_11_25',
    'events_2026_11_26',
  ])
})

test('a day that is used by nobody loses its table at once', async () => {
  await store.add(await eventOf({ installation: 1, day: addDays(TODAY, -12) }))
  await store.noteForgetting(addDays(TODAY, -5))
  for (const of of await store.rawDaysBefore(addDays(TODAY, -5))) {
    expect(await store.forget(of, [])).toBe('written')
  }
  expect(await tablesOfDays()).toEqual([])
})
