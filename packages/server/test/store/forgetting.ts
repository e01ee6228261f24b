import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { MS_PER_HOUR } from '../../src/host.ts'
import { raw } from '../../src/store/statement.ts'
import { StoreUnavailable } from '../../src/store/store.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, idsOf, type OpenStore } from './testStore.ts'

/** Forgetting days, and the daily job that does it. */
export function forgettingContract(open: () => Promise<OpenStore>): void {
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
        driver.batch(statements.map((statement) => (statement.erases ? raw('no longer SQL') : statement))),
    }))
    const late = NOON + 91 * 24 * MS_PER_HOUR
    await expect(runDailyJobAt(late, dying)).rejects.toMatchObject({
      cause: expect.any(StoreUnavailable),
      failures: expect.arrayContaining([expect.objectContaining({ step: 'forgetting', day: TODAY })]),
    })
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

  test('a forgotten day takes no event, which costs nothing of a limit, and keeps its counts', async () => {
    const { store, clock } = await open()
    await store.add(await eventOf({ installation: 1 }))
    clock.now += 91 * 24 * MS_PER_HOUR
    await runDailyJobAt(clock.now, store)
    const counts = await store.counts(TODAY, TODAY)
    for (let hour = 0; hour < 10; hour++) {
      expect(await store.add(await eventOf({ installation: 2, hour }))).toEqual({ outcome: 'forgotten' })
    }
    const kept = await eventOf({ installation: 2, day: dayAt(clock.now) })
    expect(await store.add(kept)).toEqual({ outcome: 'stored' })
    await runDailyJobAt(clock.now, store)
    expect(await store.counts(TODAY, TODAY)).toEqual(counts)
  })
}
