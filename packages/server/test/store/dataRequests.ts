import { addDays } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { MS_PER_HOUR } from '../../src/host.ts'
import { raw, read } from '../../src/store/statement.ts'
import { StoreUnavailable } from '../../src/store/store.ts'
import { tablesOf } from '../../src/store/tables.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, eventsOfOne, idOf, idsOf, type OpenStore } from './testStore.ts'

/** Exporting and deleting one installation. */
export function dataRequestsContract(open: () => Promise<OpenStore>): void {
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
    const { store, driver } = await open()
    const all = [...(await eventsOfOne(8)), ...(await eventsOfMany(5, addDays(TODAY, -1)))]
    for (const event of all) await store.add(event)
    const id = idOf(all)
    const dump = async () =>
      JSON.stringify(
        await driver.batch(tablesOf(driver.engine).map((name) => read`SELECT * FROM ${raw(name)}`)),
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
    expect((await store.daysToAggregate()).map(({ day }) => day)).toEqual([addDays(TODAY, -1), TODAY])
    await runDailyJobAt(clock.now, store)
    expect(await store.counts(addDays(TODAY, -90), addDays(TODAY, -90))).toEqual(forgotten)
    expect(await store.counts(addDays(TODAY, -1), addDays(TODAY, -1))).toEqual([])
    const today = await store.counts(TODAY, TODAY)
    expect(today).toContainEqual({ day: TODAY, field: 'installations', value: '', n: 1 })
  })

  test('counts made from events that were deleted meanwhile are made again', async () => {
    const { store } = await open()
    await store.add(await eventOf({ installation: 1 }))
    const [before] = await store.daysToAggregate()
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
    for (const event of events) expect(await store.add(event)).toEqual({ outcome: 'suppressed' })
    expect(await store.add(await eventOf({ installation: 2 }))).toEqual({ outcome: 'stored' })
    clock.now = NOON + 8 * 24 * MS_PER_HOUR - 1
    await runDailyJobAt(clock.now, store)
    expect(await store.add(first)).toEqual({ outcome: 'suppressed' })
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
    expect(await store.add(event)).toEqual({ outcome: 'suppressed' })
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

  test('a delete that fails in the middle has deleted nothing and suppressed nobody', async () => {
    const { store, connect } = await open()
    const mine = await eventsOfOne(3)
    for (const event of mine) await store.add(event)
    const failing = await connect((driver) => ({
      ...driver,
      batch: (statements) => driver.batch([...statements, raw('no longer SQL')]),
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
    expect(await store.requestsAnswered(TODAY, addDays(TODAY, 1))).toEqual([
      { day: TODAY, kind: 'export', n: 2 },
      { day: addDays(TODAY, 1), kind: 'delete', n: 1 },
    ])
    expect(await store.requestsAnswered(addDays(TODAY, -1), addDays(TODAY, -1))).toEqual([])
  })
}
