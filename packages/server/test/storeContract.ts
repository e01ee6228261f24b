import { addDays, dayAt, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Count } from '../src/counts/counts.ts'
import { MS_PER_HOUR } from '../src/host.ts'
import type { Driver, Statement } from '../src/store/driver.ts'
import { MIGRATIONS, migrate } from '../src/store/migrations.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { type Store, StoreUnavailable } from '../src/store/store.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

/** One database under test, empty at first. */
export interface TestDatabase {
  /** Opens it, as one of several servers would. */
  connect(): Promise<Driver>
  remove(): Promise<void>
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

/** What every engine must keep; {@link Store} says it in words. */
export function storeContract(name: string, createDatabase: () => Promise<TestDatabase>): void {
  describe(`the store on ${name}`, () => {
    const cleanUps: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
    })

    /** A store on a fresh database, with a clock that the test moves and a count of what was committed. */
    async function open() {
      const database = await createDatabase()
      cleanUps.push(() => database.remove())
      const clock = { now: NOON }
      const batches: (readonly Statement[])[] = []
      const connect = async (through: (driver: Driver) => Driver = (driver) => driver): Promise<Store> => {
        const driver = await database.connect()
        await migrate(driver)
        const counted: Driver = {
          ...driver,
          batch: (statements) => {
            batches.push(statements)
            return driver.batch(statements)
          },
        }
        const store = createSqlStore({
          driver: through(counted),
          host: testHost(() => clock.now),
          eventsPerIdPerHour: 10,
        })
        cleanUps.push(() => store.close().catch(() => {}))
        return store
      }
      return { store: await connect(), connect, clock, batches }
    }

    async function idsOf(store: Store, day = TODAY): Promise<string[]> {
      const events = await listOf(store.eventsOf(day))
      return events.map((event) => event.event_id)
    }

    const eventsOfOne = (n: number) =>
      Promise.all(Array.from({ length: n }, (_, hour) => eventOf({ installation: 1, hour })))
    const eventsOfMany = (n: number, day = TODAY) =>
      Promise.all(Array.from({ length: n }, (_, installation) => eventOf({ installation, day })))

    const idOf = (events: readonly TelemetryEvent[]) => events[0]?.telemetry_id ?? ''

    test('an event is kept as it was sent', async () => {
      const { store } = await open()
      const event = await eventOf({ installation: 1 })
      expect(await store.add(event)).toEqual({ outcome: 'stored' })
      expect(await listOf(store.eventsOf(TODAY))).toEqual([event])
    })

    test('a repeat is told from the first and stored once', async () => {
      const { store } = await open()
      const event = await eventOf({ installation: 1 })
      await store.add(event)
      expect(await store.add(event)).toEqual({ outcome: 'duplicate' })
      expect(await idsOf(store)).toHaveLength(1)
    })

    test('of repeats at once, through several servers, one is stored', async () => {
      const { store, connect } = await open()
      const other = await connect()
      const event = await eventOf({ installation: 1 })
      const added = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).add(event)),
      )
      expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1)
      expect(added.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(19)
      expect(await idsOf(store)).toHaveLength(1)
    })

    test('of 15 events of one installation at once, through several servers, exactly 10 are stored', async () => {
      const { store, connect } = await open()
      const other = await connect()
      const events = await eventsOfOne(15)
      const added = await Promise.all(events.map((event, n) => (n % 2 ? store : other).add(event)))
      expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(10)
      expect(added.filter(({ outcome }) => outcome === 'limited')).toHaveLength(5)
      expect(await idsOf(store)).toHaveLength(10)
    })

    test('the hour of a limit begins with the first event and tells when it ends', async () => {
      const { store, clock } = await open()
      const events = await eventsOfOne(12)
      for (const event of events.slice(0, 10)) await store.add(event)
      const [, , , , , , , , , , eleventh, twelfth] = events
      if (!eleventh || !twelfth) throw new Error('too few events')
      clock.now = NOON + MS_PER_HOUR - 1500
      expect(await store.add(eleventh)).toEqual({ outcome: 'limited', retryAfterSeconds: 2 })
      clock.now = NOON + MS_PER_HOUR
      expect(await store.add(eleventh)).toEqual({ outcome: 'stored' })
      expect(await store.add(twelfth)).toEqual({ outcome: 'stored' })
    })

    test('a duplicate costs nothing of a limit, and a limited installation still learns of it', async () => {
      const { store } = await open()
      const [first, ...more] = await eventsOfOne(11)
      if (!first) throw new Error('too few events')
      for (let n = 0; n < 20; n++) await store.add(first)
      const added = await Promise.all(more.map((event) => store.add(event)))
      expect(added.filter(({ outcome }) => outcome === 'stored')).toHaveLength(9)
      expect(await store.add(first)).toEqual({ outcome: 'duplicate' })
    })

    test('stale limits are dropped and running ones are not', async () => {
      const { store, clock } = await open()
      const events = await eventsOfOne(11)
      await Promise.all(events.map((event) => store.add(event)))
      clock.now = NOON + MS_PER_HOUR - 1
      await store.dropStaleLimits()
      const other = await eventOf({ installation: 1, hour: 20 })
      expect(await store.add(other)).toMatchObject({ outcome: 'limited' })
      clock.now = NOON + MS_PER_HOUR
      await store.dropStaleLimits()
      expect(await store.add(other)).toEqual({ outcome: 'stored' })
    })

    test('events that arrive together share a commit', async () => {
      const { store, batches } = await open()
      const events = await eventsOfMany(100)
      await Promise.all(events.map((event) => store.add(event)))
      expect(batches.length).toBe(1)
    })

    test('raw events come in the order of installations, over any number of pages', async () => {
      const { store } = await open()
      const events = await eventsOfMany(1200)
      await Promise.all(events.toReversed().map((event) => store.add(event)))
      expect(await listOf(store.eventsOf(TODAY))).toEqual(events)
    })

    test('the days of each installation are read whole, over any number of pages', async () => {
      const { store, connect } = await open()
      let driver: Driver | undefined
      await connect((connected) => {
        driver = connected
        return connected
      })
      const days = [TODAY, addDays(TODAY, -1), addDays(TODAY, -2)]
      for (const day of days) await store.add(await eventOf({ installation: 1, day }))
      const others = Array.from({ length: 3_600 }, (_, n) => `id ${String(n).padStart(4, '0')}`)
      const rows = others.flatMap((id) => days.map((day) => [`${id} ${day}`, id, day, '{}']))
      const ofRows = (some: string[][]) => ({
        sql: `INSERT INTO events (event_id, telemetry_id, day, body) VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}`,
        params: some.flat(),
      })
      const statements = Array.from({ length: rows.length / 24 }, (_, n) =>
        ofRows(rows.slice(24 * n, 24 * n + 24)),
      )
      await driver?.batch(statements)
      const read = await listOf(store.activeDays())
      expect(read).toHaveLength(others.length + 1)
      expect(read.filter((found) => found.toSorted().join() !== days.toSorted().join())).toEqual([])
    })

    test('counts come by day, field and value', async () => {
      const { store } = await open()
      for (const day of [TODAY, addDays(TODAY, -1), addDays(TODAY, -2)]) {
        await store.add(await eventOf({ installation: 1, day }))
      }
      await runDailyJobAt(NOON, store)
      const counts = await store.counts(addDays(TODAY, -1), TODAY)
      const keys = counts.map(({ day, field, value }) => `${day} ${field} ${value}`)
      expect(keys).toEqual(keys.toSorted())
      expect(new Set(counts.map(({ day }) => day))).toEqual(new Set([addDays(TODAY, -1), TODAY]))
    })

    test('counts made before a newer event do not replace counts made after it', async () => {
      const { store } = await open()
      await store.add(await eventOf({ installation: 1 }))
      const [before] = await store.unfoldedDays()
      await store.add(await eventOf({ installation: 2 }))
      const [after] = await store.unfoldedDays()
      if (!before || !after) throw new Error('a day is missing')
      expect(await store.writeCounts(after, [{ segment: '', field: 'installations', value: '', n: 2 }])).toBe(
        'written',
      )
      expect(
        await store.writeCounts(before, [{ segment: '', field: 'installations', value: '', n: 1 }]),
      ).toBe('outdated')
      expect(await store.counts(TODAY, TODAY)).toEqual([
        { day: TODAY, field: 'installations', value: '', n: 2 },
      ])
      expect(await store.unfoldedDays()).toEqual([])
    })

    test('a store from before segments keeps its counts, and days that have events get segments', async () => {
      const database = await createDatabase()
      cleanUps.push(() => database.remove())
      const driver = await database.connect()
      await migrate(
        driver,
        MIGRATIONS.filter(({ id }) => id < 4),
      )
      const store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
      cleanUps.push(() => store.close())
      await store.add(await eventOf({ installation: 1 }))
      const longAgo = addDays(TODAY, -400)
      const insert = (table: string, ...params: (string | number)[]) => ({
        sql: `INSERT INTO ${table} VALUES (${params.map(() => '?').join(', ')})`,
        params,
      })
      await driver.batch([
        insert('days', longAgo, 7, 7, 1, 'a mark'),
        insert('counts', longAgo, 'installations', '', 7),
        { sql: 'UPDATE days SET folded = version', params: [] },
        insert('counts', TODAY, 'installations', '', 1),
      ])
      await migrate(driver)
      await runDailyJobAt(NOON, store)
      const installations = { field: 'installations', value: '', n: 1 }
      expect(await store.counts(longAgo, TODAY, { field: 'installations' })).toEqual([
        { ...installations, day: longAgo, n: 7 },
        { ...installations, day: TODAY },
      ])
      expect(await store.counts(longAgo, TODAY, { segment: 'environment.version=8.12' })).toContainEqual({
        ...installations,
        day: TODAY,
      })
    })

    test('counts are kept for everyone and for each segment', async () => {
      const { store } = await open()
      const event = await eventOf({ installation: 1 })
      const other = await eventOf({ installation: 2 })
      await store.add(event)
      await store.add({
        ...other,
        environment: { ...other.environment, os_type: 'Darwin', version: 'unknown' },
      })
      await runDailyJobAt(NOON, store)
      const installations = async (segment?: string) => {
        const of = { field: 'installations', ...(segment !== undefined && { segment }) }
        return (await store.counts(TODAY, TODAY, of)).map(({ n }) => n)
      }
      expect(await installations()).toEqual([2])
      expect(await installations('environment.mcp_host=claude-code')).toEqual([2])
      expect(await installations('environment.os_type=Darwin')).toEqual([1])
      expect(await installations('environment.version=8.12')).toEqual([1])
      expect(await installations('environment.os_type=Windows')).toEqual([])
      expect(await store.counts(TODAY, TODAY, { segment: 'environment.os_type=Darwin' })).toContainEqual({
        day: TODAY,
        field: 'environment.version',
        value: 'unknown',
        n: 1,
      })
    })

    test('of counts that are made anew only what changed is written', async () => {
      const { store, batches } = await open()
      const count = (value: string, n: number) => ({ segment: '', field: 'environment.os_type', value, n })
      await store.add(await eventOf({ installation: 1 }))
      const [first] = await store.unfoldedDays()
      await store.add(await eventOf({ installation: 2 }))
      const [second] = await store.unfoldedDays()
      if (!first || !second) throw new Error('a day is missing')
      const many = Array.from({ length: 50 }, (_, n) => count(`word ${n}`, n))
      await store.writeCounts(first, [...many, count('Linux', 1), count('Darwin', 1)])
      await store.writeCounts(second, [...many, count('Linux', 2), count('Windows', 1)])
      const written = JSON.stringify(batches.at(-1)?.flatMap(({ params }) => params))
      expect(['Linux', 'Darwin', 'Windows', 'word'].filter((word) => written.includes(word))).toEqual([
        ...['Linux', 'Darwin', 'Windows'],
      ])
      expect((await store.counts(TODAY, TODAY)).filter(({ value }) => !value.startsWith('word'))).toEqual([
        { day: TODAY, field: 'environment.os_type', value: 'Linux', n: 2 },
        { day: TODAY, field: 'environment.os_type', value: 'Windows', n: 1 },
      ])
    })

    test('counts of a newer version are written whole, also when older ones come in between', async () => {
      const { store, connect } = await open()
      await store.add(await eventOf({ installation: 1 }))
      const [older] = await store.unfoldedDays()
      await store.add(await eventOf({ installation: 2 }))
      const [newer] = await store.unfoldedDays()
      if (!older || !newer) throw new Error('a day is missing')
      const count = (value: string, n: number) => [{ segment: '', field: 'usage.error_types', value, n }]
      let isFirst = true
      const interrupted = await connect((driver) => ({
        ...driver,
        batch: async (statements) => {
          if (isFirst && statements[0]?.sql.startsWith('UPDATE days')) {
            isFirst = false
            expect(await store.writeCounts(older, count('OSError', 1))).toBe('written')
          }
          return driver.batch(statements)
        },
      }))
      expect(await interrupted.writeCounts(newer, count('TypeError', 2))).toBe('written')
      expect(await store.counts(TODAY, TODAY)).toEqual([
        { day: TODAY, field: 'usage.error_types', value: 'TypeError', n: 2 },
      ])
    })

    test('a day that got an event since it was counted is not forgotten', async () => {
      const { store } = await open()
      await store.add(await eventOf({ installation: 1 }))
      const [before] = await store.rawDaysBefore(addDays(TODAY, 1))
      if (!before) throw new Error('a day is missing')
      await store.add(await eventOf({ installation: 2 }))
      expect(await store.forget(before, [])).toBe('outdated')
      expect(await idsOf(store)).toHaveLength(2)
    })

    test('on day 91 nothing with an id is left and the counts are as before', async () => {
      const { store } = await open()
      for (const event of await eventsOfMany(20)) await store.add(event)
      await runDailyJobAt(NOON, store)
      const before = await store.counts(TODAY, TODAY)
      expect(before).toContainEqual({ day: TODAY, field: 'installations', value: '', n: 20 })

      await runDailyJobAt(Date.parse(`${addDays(TODAY, 90)}T23:59:59Z`), store)
      expect(await idsOf(store)).toHaveLength(20)
      await runDailyJobAt(Date.parse(`${addDays(TODAY, 91)}T00:00:00Z`), store)
      expect(await idsOf(store)).toEqual([])
      expect(await store.counts(TODAY, TODAY)).toEqual(before)
    })

    test('the daily job run twice, late and by two servers at once changes nothing', async () => {
      const { store, connect } = await open()
      const other = await connect()
      for (const event of await eventsOfMany(20)) await store.add(event)
      const late = NOON + 200 * 24 * MS_PER_HOUR
      await Promise.all([runDailyJobAt(late, store), runDailyJobAt(late, other)])
      const counts = await store.counts(TODAY, TODAY)
      expect(counts).toContainEqual({ day: TODAY, field: 'usage.total_sessions', value: '', n: 60 })
      await runDailyJobAt(late, other)
      expect(await store.counts(TODAY, TODAY)).toEqual(counts)
      expect(await idsOf(store)).toEqual([])
    })

    test('a daily job that dies while it deletes leaves all as it was, and the next makes it good', async () => {
      const { store, connect } = await open()
      for (const event of await eventsOfMany(20)) await store.add(event)
      const dying = await connect((driver) => ({
        ...driver,
        batch: (statements) =>
          driver.batch(
            statements.map((statement) =>
              statement.sql.startsWith('DELETE FROM events')
                ? { sql: 'no longer SQL', params: [] }
                : statement,
            ),
          ),
      }))
      const late = NOON + 91 * 24 * MS_PER_HOUR
      await expect(runDailyJobAt(late, dying)).rejects.toBeInstanceOf(StoreUnavailable)
      const [whole] = await store.rawDaysBefore(addDays(TODAY, 1))
      expect(whole).toEqual({ day: TODAY, version: 20 })
      expect(await idsOf(store)).toHaveLength(20)
      await runDailyJobAt(late, store)
      expect(await idsOf(store)).toEqual([])
      expect(await store.counts(TODAY, TODAY)).toContainEqual({
        day: TODAY,
        field: 'installations',
        value: '',
        n: 20,
      })
    })

    test('installations are counted over days, and stay counted when their events are forgotten', async () => {
      const { store, clock } = await open()
      const longAgo = addDays(TODAY, -85)
      const days: [number, string][] = [
        [1, longAgo],
        [1, TODAY],
        [2, addDays(TODAY, -3)],
        [2, TODAY],
        [3, addDays(TODAY, -3)],
      ]
      for (const [installation, day] of days) await store.add(await eventOf({ installation, day }))
      await runDailyJobAt(NOON, store)
      const of = async (field: string, day = TODAY) =>
        (await store.counts(day, day, { field: `installations.${field}` })).map(({ n }) => n)
      expect(await of('last_7_days')).toEqual([3])
      expect(await of('last_30_days', addDays(TODAY, -1))).toEqual([2])
      expect(await of('new')).toEqual([1])
      const cohort = async (monday: string) =>
        (await store.counts(monday, monday, { field: 'installations.cohort' })).map(({ n }) => n)
      expect(await cohort('2026-11-16')).toEqual([])
      expect(await cohort('2026-08-24')).toEqual([1, ...Array(11).fill(0)])

      const before = await store.counts(longAgo, TODAY)
      clock.now += 10 * 24 * MS_PER_HOUR
      await runDailyJobAt(clock.now, store)
      expect(await listOf(store.eventsOf(longAgo))).toEqual([])
      expect(await store.counts(longAgo, TODAY)).toEqual(before)

      const today = addDays(TODAY, 10)
      await store.add(await eventOf({ installation: 3, day: today }))
      await runDailyJobAt(clock.now, store)
      expect(await of('last_30_days', today)).toEqual([3])
      expect(await cohort('2026-11-16')).toEqual([3, 0])
      expect(await cohort('2026-08-24')).toEqual([1, ...Array(11).fill(0)])
      const isCohort = ({ field }: Count) => field === 'installations.cohort'
      const after = await store.counts(longAgo, TODAY)
      expect(after.filter((count) => !isCohort(count))).toEqual(before.filter((count) => !isCohort(count)))
    })

    test('activity has news after each event and each delete, until it is counted', async () => {
      const { store } = await open()
      expect(await store.unfoldedActivity()).toBeUndefined()
      const event = await eventOf({ installation: 1 })
      await store.add(event)
      await runDailyJobAt(NOON, store)
      expect(await store.unfoldedActivity()).toBeUndefined()
      await store.deleteInstallation(event.telemetry_id)
      expect(await store.unfoldedActivity()).toBeDefined()
      await runDailyJobAt(NOON, store)
      expect(await store.unfoldedActivity()).toBeUndefined()
      expect(await store.counts(addDays(TODAY, -7), TODAY)).toEqual([])
    })

    test('activity that was counted of older events, or while days were forgotten, is not written', async () => {
      const { store } = await open()
      const counts = (n: number) => [{ day: TODAY, field: 'installations.new', value: '', n }]
      const version = async () => {
        const found = await store.unfoldedActivity()
        if (!found) throw new Error('there is nothing new')
        return found
      }
      for (const event of await eventsOfMany(2, addDays(TODAY, -90))) await store.add(event)
      const first = await version()
      await store.add(await eventOf({ installation: 1 }))
      const second = await version()
      expect(await store.writeActivity(second, counts(2))).toBe('written')
      expect(await store.writeActivity(first, counts(1))).toBe('outdated')
      await store.add(await eventOf({ installation: 2 }))
      const third = await version()
      for (const day of await store.rawDaysBefore(TODAY)) await store.forget(day, [])
      expect(await store.writeActivity(third, counts(3))).toBe('outdated')
      expect(await store.writeActivity(await version(), counts(3))).toBe('written')
      expect(await store.counts(TODAY, TODAY)).toEqual(counts(3))
    })

    test('activity of newer events is written whole, also when others come in between, unless a day is forgotten', async () => {
      const { store, connect } = await open()
      const counts = (day: string) => [{ day, field: 'installations.new', value: '', n: 1 }]
      for (const event of await eventsOfMany(2)) await store.add(event)
      const between: (() => Promise<unknown>)[] = []
      const interrupted = await connect((driver) => ({
        ...driver,
        batch: async (statements) => {
          if (statements[0]?.sql.startsWith('UPDATE activity')) await between.shift()?.()
          return driver.batch(statements)
        },
      }))
      const older = await store.unfoldedActivity()
      await store.add(await eventOf({ installation: 7 }))
      const newer = await store.unfoldedActivity()
      if (!older || !newer) throw new Error('there is nothing new')
      between.push(() => store.writeActivity(older, counts(addDays(TODAY, -1))))
      expect(await interrupted.writeActivity(newer, counts(TODAY))).toBe('written')
      expect(await store.counts(addDays(TODAY, -1), TODAY)).toEqual(counts(TODAY))

      await store.add(await eventOf({ installation: 8 }))
      const [newest, [day]] = [await store.unfoldedActivity(), await store.rawDaysBefore(addDays(TODAY, 1))]
      if (!newest || !day) throw new Error('there is nothing new')
      between.push(() => store.forget(day, []))
      expect(await interrupted.writeActivity(newest, counts(addDays(TODAY, 9)))).toBe('outdated')
      expect(await store.counts(TODAY, addDays(TODAY, 9))).toEqual(counts(TODAY))
    })

    test('a forgotten day takes no event and keeps its counts', async () => {
      const { store, clock } = await open()
      await store.add(await eventOf({ installation: 1 }))
      clock.now += 91 * 24 * MS_PER_HOUR
      await runDailyJobAt(clock.now, store)
      const counts = await store.counts(TODAY, TODAY)
      expect(await store.add(await eventOf({ installation: 2 }))).toEqual({ outcome: 'forgotten' })
      await runDailyJobAt(clock.now, store)
      expect(await store.counts(TODAY, TODAY)).toEqual(counts)
    })

    test('an export holds every event of the one installation, oldest first, and of another none', async () => {
      const { store } = await open()
      const mine = await Promise.all([
        eventOf({ installation: 1, hour: 5 }),
        eventOf({ installation: 1 }),
        eventOf({ installation: 1, day: addDays(TODAY, -3) }),
      ])
      for (const event of [...mine, ...(await eventsOfMany(5, addDays(TODAY, -1))).slice(2)])
        await store.add(event)
      expect(await store.exportInstallation(idOf(mine))).toEqual(mine.toReversed())
      expect(await store.exportInstallation(idOf([await eventOf({ installation: 99 })]))).toEqual([])
    })

    test('a delete leaves nothing with the id in any table, and of others all', async () => {
      const { store, connect } = await open()
      let driver: Driver | undefined
      await connect((connected) => {
        driver = connected
        return connected
      })
      const all = [...(await eventsOfOne(8)), ...(await eventsOfMany(5, addDays(TODAY, -1)))]
      for (const event of all) await store.add(event)
      const id = idOf(all)
      const tables = ['events', 'quota', 'days', 'counts', 'activity', 'graves', 'rights']
      const dump = async () =>
        JSON.stringify(
          await driver?.batch(tables.map((table) => ({ sql: `SELECT * FROM ${table}`, params: [] }))),
        )
      expect(await dump()).toContain(id)
      await store.deleteInstallation(id)
      for (const event of all.slice(0, 3)) await store.add(event)
      await runDailyJobAt(NOON, store)
      expect(await dump()).not.toContain(id)
      expect(await idsOf(store, addDays(TODAY, -1))).toHaveLength(4)
    })

    test('after a delete the counts of its days are made anew, and of forgotten days are as before', async () => {
      const { store, clock } = await open()
      const [old, mine, other] = await Promise.all([
        eventOf({ installation: 1, day: addDays(TODAY, -90) }),
        eventOf({ installation: 1 }),
        eventOf({ installation: 2 }),
      ])
      const alone = await eventOf({ installation: 1, day: addDays(TODAY, -1) })
      for (const event of [old, mine, other, alone]) await store.add(event)
      clock.now += 24 * MS_PER_HOUR
      await runDailyJobAt(clock.now, store)
      const forgotten = await store.counts(addDays(TODAY, -90), addDays(TODAY, -90))
      expect(forgotten).toContainEqual({ ...forgotten[0], field: 'installations', value: '', n: 1 })

      await store.deleteInstallation(mine.telemetry_id)
      expect((await store.unfoldedDays()).map(({ day }) => day)).toEqual([addDays(TODAY, -1), TODAY])
      await runDailyJobAt(clock.now, store)
      expect(await store.counts(addDays(TODAY, -90), addDays(TODAY, -90))).toEqual(forgotten)
      expect(await store.counts(addDays(TODAY, -1), addDays(TODAY, -1))).toEqual([])
      const today = await store.counts(TODAY, TODAY)
      expect(today).toContainEqual({ day: TODAY, field: 'installations', value: '', n: 1 })
    })

    test('counts made from events that were deleted meanwhile are made again', async () => {
      const { store } = await open()
      await store.add(await eventOf({ installation: 1 }))
      const [before] = await store.unfoldedDays()
      if (!before) throw new Error('a day is missing')
      await store.deleteInstallation(idOf([await eventOf({ installation: 1 })]))
      expect(await store.forget(before, [{ segment: '', field: 'installations', value: '', n: 1 }])).toBe(
        'outdated',
      )
      await store.writeCounts(before, [{ segment: '', field: 'installations', value: '', n: 1 }])
      await runDailyJobAt(NOON, store)
      expect(await store.counts(TODAY, TODAY)).toEqual([])
    })

    test('for 8 days after a delete its events are dropped, whatever their limit, then they are taken', async () => {
      const { store, clock } = await open()
      const events = await eventsOfOne(15)
      const [first] = events
      if (!first) throw new Error('too few events')
      for (const event of events.slice(0, 10)) await store.add(event)
      await store.deleteInstallation(first.telemetry_id)
      for (const event of events) expect(await store.add(event)).toEqual({ outcome: 'buried' })
      expect(await store.add(await eventOf({ installation: 2 }))).toEqual({ outcome: 'stored' })
      clock.now = NOON + 8 * 24 * MS_PER_HOUR - 1
      await runDailyJobAt(clock.now, store)
      expect(await store.add(first)).toEqual({ outcome: 'buried' })
      expect(await store.exportInstallation(first.telemetry_id)).toEqual([])
      clock.now++
      expect(await store.add(first)).toEqual({ outcome: 'stored' })
      await runDailyJobAt(clock.now, store)
      expect(await store.exportInstallation(first.telemetry_id)).toEqual([first])
    })

    test('a second delete begins the 8 days again, also of an installation without events', async () => {
      const { store, clock } = await open()
      const event = await eventOf({ installation: 1 })
      await store.deleteInstallation(event.telemetry_id)
      clock.now += 7 * 24 * MS_PER_HOUR
      await store.deleteInstallation(event.telemetry_id)
      clock.now += 7 * 24 * MS_PER_HOUR
      expect(await store.add(event)).toEqual({ outcome: 'buried' })
    })

    test('a delete between many events of its installation, through several servers, leaves none', async () => {
      const { store, connect } = await open()
      const other = await connect()
      const mine = await eventsOfOne(10)
      const others = await eventsOfMany(20, addDays(TODAY, -1))
      const adding = [...mine, ...mine, ...others].map((event, n) => (n % 2 ? store : other).add(event))
      const deleting = other.deleteInstallation(idOf(mine))
      const late = mine.map((event, n) => (n % 2 ? other : store).add(event))
      await Promise.all([...adding, deleting, ...late])
      expect(await store.exportInstallation(idOf(mine))).toEqual([])
    })

    test('a delete that fails in the middle has deleted nothing and buried nobody', async () => {
      const { store, connect } = await open()
      const mine = await eventsOfOne(3)
      for (const event of mine) await store.add(event)
      const failing = await connect((driver) => ({
        ...driver,
        batch: (statements) => driver.batch([...statements, { sql: 'no longer SQL', params: [] }]),
      }))
      await expect(failing.deleteInstallation(idOf(mine))).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await store.exportInstallation(idOf(mine))).toHaveLength(3)
      expect(await store.add(await eventOf({ installation: 1, hour: 20 }))).toEqual({ outcome: 'stored' })
    })

    test('answered requests for export and delete are counted by day and survive the daily job', async () => {
      const { store, clock } = await open()
      const id = idOf([await eventOf({ installation: 1 })])
      await store.exportInstallation(id)
      await store.exportInstallation(id)
      clock.now += 24 * MS_PER_HOUR
      await store.deleteInstallation(id)
      await runDailyJobAt(clock.now + 91 * 24 * MS_PER_HOUR, store)
      expect(await store.rightsAnswered(TODAY, addDays(TODAY, 1))).toEqual([
        { day: TODAY, field: 'rights.export', value: '', n: 2 },
        { day: addDays(TODAY, 1), field: 'rights.delete', value: '', n: 1 },
      ])
      expect(await store.rightsAnswered(addDays(TODAY, -1), addDays(TODAY, -1))).toEqual([])
    })

    test('a store knows the UTC day on which it was made', async () => {
      const before = dayAt(Date.now())
      const { store } = await open()
      const { setUpOn, forgottenBefore } = await store.milestones()
      expect(before <= setUpOn && setUpOn <= dayAt(Date.now())).toBe(true)
      expect(forgottenBefore).toBeUndefined()
    })

    test('of reports of one week the first is kept for good, from several servers at once too', async () => {
      const { store, connect } = await open()
      const other = await connect()
      const adding = [1, 2, 3, 4].map((n) => (n % 2 ? store : other).addReport('2026-W47', `${n}`, TODAY))
      const added = await Promise.all(adding)
      expect(added.toSorted()).toEqual(['added', 'exists', 'exists', 'exists'])
      const body = String(added.indexOf('added') + 1)
      expect(await other.report('2026-W47')).toEqual({
        week: '2026-W47',
        body,
        madeOn: TODAY,
        isHeld: false,
      })
    })

    test('reports come newest week first, and one that is held is as it was when it is released', async () => {
      const { store } = await open()
      for (const week of ['2026-W53', '2027-W01', '2026-W09']) {
        await store.addReport(week, `report of ${week}\n`, TODAY)
      }
      const made = await store.report('2026-W53')
      expect(await store.holdReport('2026-W53', true)).toBe(true)
      expect(await store.report('2026-W53')).toEqual({ ...made, isHeld: true })
      expect((await store.reports()).map(({ week, isHeld }) => [week, isHeld])).toEqual([
        ['2027-W01', false],
        ['2026-W53', true],
        ['2026-W09', false],
      ])
      await store.holdReport('2026-W53', false)
      expect(await store.report('2026-W53')).toEqual(made)
      expect(await store.holdReport('2026-W10', true)).toBe(false)
      expect(await store.report('2026-W10')).toBeUndefined()
    })

    test('a week of which a day may be forgotten gets no report, and what was noted is never taken back', async () => {
      const { store } = await open()
      await store.noteForgetting('2026-11-16')
      expect(await store.addReport('2026-W47', 'whole', TODAY)).toBe('added')
      await store.noteForgetting('2026-11-17')
      await store.noteForgetting('2026-11-10')
      expect(await store.milestones()).toMatchObject({ forgottenBefore: '2026-11-17' })
      expect(await store.addReport('2026-W46', 'not whole', TODAY)).toBe('forgotten')
      expect(await store.addReport('2026-W47', 'again', TODAY)).toBe('exists')
      expect((await store.reports()).map(({ week }) => week)).toEqual(['2026-W47'])
    })

    test('a failed commit stores nothing, and a closed store takes nothing', async () => {
      const { store, connect } = await open()
      const failing = await connect((driver) => ({
        ...driver,
        batch: (statements) => driver.batch([...statements, { sql: 'no longer SQL', params: [] }]),
      }))
      await expect(failing.add(await eventOf({ installation: 1 }))).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await idsOf(store)).toEqual([])
      await failing.close()
      await expect(failing.add(await eventOf({ installation: 1 }))).rejects.toBeInstanceOf(StoreUnavailable)
      await expect(failing.check()).rejects.toBeInstanceOf(StoreUnavailable)
    })

    test('closing finishes what was handed in', async () => {
      const { store, connect } = await open()
      const events = await eventsOfMany(50)
      const added = Promise.all(events.map((event) => store.add(event)))
      await store.close()
      expect((await added).every(({ outcome }) => outcome === 'stored')).toBe(true)
      expect(await idsOf(await connect())).toHaveLength(50)
    })
  })
}
