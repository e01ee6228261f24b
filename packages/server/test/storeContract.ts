import { addDays, dayAt, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { runDailyJob } from '../src/dailyJob.ts'
import type { Driver, Statement } from '../src/driver.ts'
import { MS_PER_HOUR } from '../src/host.ts'
import { migrate } from '../src/migrations.ts'
import { createSqlStore } from '../src/sqlStore.ts'
import { type Store, StoreUnavailable } from '../src/store.ts'
import { eventOf, NOON, TODAY } from './events.ts'

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
          now: () => clock.now,
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

    test('counts come by day, field and value', async () => {
      const { store } = await open()
      for (const day of [TODAY, addDays(TODAY, -1), addDays(TODAY, -2)]) {
        await store.add(await eventOf({ installation: 1, day }))
      }
      await runDailyJob(store, NOON, 90)
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
      expect(await store.writeCounts(after, [{ field: 'installations', value: '', n: 2 }])).toBe('written')
      expect(await store.writeCounts(before, [{ field: 'installations', value: '', n: 1 }])).toBe('outdated')
      expect(await store.counts(TODAY, TODAY)).toEqual([
        { day: TODAY, field: 'installations', value: '', n: 2 },
      ])
      expect(await store.unfoldedDays()).toEqual([])
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
      await runDailyJob(store, NOON, 90)
      const before = await store.counts(TODAY, TODAY)
      expect(before).toContainEqual({ day: TODAY, field: 'installations', value: '', n: 20 })

      await runDailyJob(store, Date.parse(`${addDays(TODAY, 90)}T23:59:59Z`), 90)
      expect(await idsOf(store)).toHaveLength(20)
      await runDailyJob(store, Date.parse(`${addDays(TODAY, 91)}T00:00:00Z`), 90)
      expect(await idsOf(store)).toEqual([])
      expect(await store.counts(TODAY, TODAY)).toEqual(before)
    })

    test('the daily job run twice, late and by two servers at once changes nothing', async () => {
      const { store, connect } = await open()
      const other = await connect()
      for (const event of await eventsOfMany(20)) await store.add(event)
      const late = NOON + 200 * 24 * MS_PER_HOUR
      await Promise.all([runDailyJob(store, late, 90), runDailyJob(other, late, 90)])
      const counts = await store.counts(TODAY, TODAY)
      expect(counts).toContainEqual({ day: TODAY, field: 'usage.total_sessions', value: '', n: 60 })
      await runDailyJob(other, late, 90)
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
      await expect(runDailyJob(dying, late, 90)).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await idsOf(store)).toHaveLength(20)
      expect(await store.counts(TODAY, TODAY)).toEqual([])
      await runDailyJob(store, late, 90)
      expect(await idsOf(store)).toEqual([])
      expect(await store.counts(TODAY, TODAY)).toContainEqual({
        day: TODAY,
        field: 'installations',
        value: '',
        n: 20,
      })
    })

    test('a forgotten day takes no event and keeps its counts', async () => {
      const { store, clock } = await open()
      await store.add(await eventOf({ installation: 1 }))
      clock.now += 91 * 24 * MS_PER_HOUR
      await runDailyJob(store, clock.now, 90)
      const counts = await store.counts(TODAY, TODAY)
      expect(await store.add(await eventOf({ installation: 2 }))).toEqual({ outcome: 'forgotten' })
      await runDailyJob(store, clock.now, 90)
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
      const tables = ['events', 'quota', 'days', 'counts', 'graves', 'rights']
      const dump = async () =>
        JSON.stringify(
          await driver?.batch(tables.map((table) => ({ sql: `SELECT * FROM ${table}`, params: [] }))),
        )
      expect(await dump()).toContain(id)
      await store.deleteInstallation(id)
      for (const event of all.slice(0, 3)) await store.add(event)
      await runDailyJob(store, NOON, 90)
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
      await runDailyJob(store, clock.now, 90)
      const forgotten = await store.counts(addDays(TODAY, -90), addDays(TODAY, -90))
      expect(forgotten).toContainEqual({ ...forgotten[0], field: 'installations', value: '', n: 1 })

      await store.deleteInstallation(mine.telemetry_id)
      expect((await store.unfoldedDays()).map(({ day }) => day)).toEqual([addDays(TODAY, -1), TODAY])
      await runDailyJob(store, clock.now, 90)
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
      expect(await store.forget(before, [{ field: 'installations', value: '', n: 1 }])).toBe('outdated')
      await store.writeCounts(before, [{ field: 'installations', value: '', n: 1 }])
      await runDailyJob(store, NOON, 90)
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
      await runDailyJob(store, clock.now, 90)
      expect(await store.add(first)).toEqual({ outcome: 'buried' })
      expect(await store.exportInstallation(first.telemetry_id)).toEqual([])
      clock.now++
      expect(await store.add(first)).toEqual({ outcome: 'stored' })
      await runDailyJob(store, clock.now, 90)
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
      await runDailyJob(store, clock.now + 91 * 24 * MS_PER_HOUR, 90)
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
