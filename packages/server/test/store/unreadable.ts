import { addDays, type Day, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { findLate } from '../../src/jobs/late.ts'
import { sql, textOf } from '../../src/store/statement.ts'
import { NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, firstOf, idOf, type OpenStore } from './testStore.ts'

/** What cannot be read is set aside, and what has a date is done or said to be late. */
export function unreadableContract(open: () => Promise<OpenStore>): void {
  const BEFORE = addDays(TODAY, -1)

  const BODIES = ['{', 'null', '{}', '{"environment":{"version":8},"usage":{}}']

  test('events that cannot be read are set aside; all others are counted and exported, and all are deleted on time', async () => {
    const { store, driver } = await open()
    const [old, today] = [await eventsOfMany(8, BEFORE), await eventsOfMany(8)]
    for (const event of [...old, ...today]) await store.add(event)
    const bodies = [...BODIES, JSON.stringify(firstOf(today)), JSON.stringify(old.at(-1))]
    await driver.batch([
      ...bodies.map(
        (body, n) => sql`UPDATE events SET body = ${body} WHERE event_id = ${old[n]?.event_id ?? ''}`,
      ),
      sql`UPDATE days SET version = version + 1 WHERE day = ${BEFORE}`,
    ])
    const installations = async (day: Day) =>
      (await store.counts(day, day, { field: 'installations' })).map(({ n }) => n)

    await runDailyJobAt(NOON, store)
    expect([await installations(BEFORE), await installations(TODAY)]).toEqual([[2], [8]])
    expect(await store.unreadableEvents()).toEqual([{ day: BEFORE, n: bodies.length }])
    expect(await store.exportInstallation(idOf(old))).toEqual(today.slice(0, 1))
    await runDailyJobAt(NOON + 90 * MS_PER_DAY, store)
    expect(await store.rawDaysBefore(TODAY)).toEqual([])
    expect([await store.unreadableEvents(), await installations(BEFORE)]).toEqual([[], [2]])
  })

  test('a day that cannot be counted is forgotten on time and keeps its counts', async () => {
    const { store, connect } = await open()
    for (const event of await eventsOfMany(3)) await store.add(event)
    await runDailyJobAt(NOON, store)
    const counts = await store.counts(TODAY, TODAY)
    const blind = await connect((driver) => ({
      ...driver,
      batch: (statements) =>
        statements.some((statement) => textOf(statement).includes('event_id, body FROM events'))
          ? Promise.reject(Object.assign(new Error('of a test'), { code: 'EIO' }))
          : driver.batch(statements),
    }))
    await expect(runDailyJobAt(NOON + 91 * MS_PER_DAY, blind)).rejects.toMatchObject({
      failures: expect.arrayContaining([expect.objectContaining({ step: 'forgetting', day: TODAY })]),
    })
    expect(await store.rawDaysBefore(addDays(TODAY, 1))).toEqual([])
    expect(await store.counts(TODAY, TODAY, { field: 'installations' })).toEqual(
      counts.filter(({ field }) => field === 'installations'),
    )
  })

  test('what is behind its date by a day is late, unless the clock is not believed', async () => {
    const { store, clock } = await open()
    const [event] = await eventsOfMany(1)
    if (!event) throw new Error('an event is missing')
    await store.add(event)
    await store.deleteInstallation('00000000-0000-8000-8000-00000000ffff')
    await runDailyJobAt(NOON, store)
    clock.now = NOON + 8.9 * MS_PER_DAY
    await store.noteClock({ outcome: 'believed', now: clock.now })
    const late = async () =>
      (await findLate(store, clock.now, 90)).filter(({ promise }) => promise !== 'reports')
    expect(await late()).toEqual([])
    clock.now = NOON + 9 * MS_PER_DAY
    expect(await late()).toEqual([{ promise: 'tombstones', days: 1 }])
    await store.dropOldTombstones(clock.now)

    clock.now = startOfDay(addDays(TODAY, 91))
    await store.noteClock({ outcome: 'believed', now: clock.now })
    expect(await late()).toEqual([])
    clock.now += 3 * MS_PER_DAY
    expect(await late()).toEqual([{ promise: 'forgetting', days: 3 }])
    await runDailyJobAt(clock.now, store)
    expect(await late()).toEqual([])
  })
}
