import { addDays } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import type { Count } from '../../src/counts/counts.ts'
import { MS_PER_HOUR } from '../../src/host.ts'
import { textOf } from '../../src/store/statement.ts'
import { insertRow } from '../../src/store/tables.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, firstOf, listOf, type OpenStore } from './testStore.ts'

/** Counting installations over days. */
export function activityContract(open: () => Promise<OpenStore>): void {
  test('the days of each installation are read whole, over any number of pages', async () => {
    const { store, driver } = await open()
    const days = [TODAY, addDays(TODAY, -1), addDays(TODAY, -2)]
    for (const day of days) await store.add(await eventOf({ installation: 1, day }))
    const others = Array.from(
      { length: 3_600 },
      (_, n) => `${n.toString(16).padStart(8, '0')}-0000-8000-8000-000000000000`,
    )
    const rows = others.flatMap((id) =>
      days.map((day) => insertRow('events', { event_id: `${id} ${day}`, telemetry_id: id, day, body: '{}' })),
    )
    await driver.batch(rows)
    const found = await listOf(store.activeDays())
    expect(found).toHaveLength(others.length + 1)
    expect(found.filter((active) => active.toSorted().join() !== days.toSorted().join())).toEqual([])
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
    expect(await store.activityToAggregate()).toBeUndefined()
    const event = await eventOf({ installation: 1 })
    await store.add(event)
    await runDailyJobAt(NOON, store)
    expect(await store.activityToAggregate()).toBeUndefined()
    await store.deleteInstallation(event.telemetry_id)
    expect(await store.activityToAggregate()).toBeDefined()
    await runDailyJobAt(NOON, store)
    expect(await store.activityToAggregate()).toBeUndefined()
    expect(await store.counts(addDays(TODAY, -7), TODAY)).toEqual([])
  })

  test('activity that was counted of older events, or while days were forgotten, is not written', async () => {
    const { store } = await open()
    const counts = (n: number) => [{ day: TODAY, field: 'installations.new', value: '', n }]
    const version = async () => {
      const found = await store.activityToAggregate()
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
        if (textOf(firstOf(statements)).startsWith('UPDATE activity')) await between.shift()?.()
        return driver.batch(statements)
      },
    }))
    const older = await store.activityToAggregate()
    await store.add(await eventOf({ installation: 7 }))
    const newer = await store.activityToAggregate()
    if (!older || !newer) throw new Error('there is nothing new')
    between.push(() => store.writeActivity(older, counts(addDays(TODAY, -1))))
    expect(await interrupted.writeActivity(newer, counts(TODAY))).toBe('written')
    expect(await store.counts(addDays(TODAY, -1), TODAY)).toEqual(counts(TODAY))

    await store.add(await eventOf({ installation: 8 }))
    const [newest, [day]] = [await store.activityToAggregate(), await store.rawDaysBefore(addDays(TODAY, 1))]
    if (!newest || !day) throw new Error('there is nothing new')
    between.push(() => store.forget(day, []))
    expect(await interrupted.writeActivity(newest, counts(addDays(TODAY, 9)))).toBe('outdated')
    expect(between).toEqual([])
    expect(await store.counts(TODAY, addDays(TODAY, 9))).toEqual(counts(TODAY))
  })
}
