import { addDays, type Day, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { findLate } from '../../src/jobs/late.ts'
import { sql, textOf } from '../../src/store/statement.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt } from '../testHost.ts'
import { eventsOfMany, firstOf, idOf, type OpenStore } from './testStore.ts'

/** What cannot be read is set aside, and what has a date is done or said to be late. */
export function unreadableContract(open: () => Promise<OpenStore>): void {
  const BEFORE = addDays(TODAY, -1)

  /** A store with three events on each of two days, of which one body is something else. */
  async function openWith(body: string) {
    const opened = await open()
    const events = [...(await eventsOfMany(3, BEFORE)), ...(await eventsOfMany(3))]
    for (const event of events) await opened.store.add(event)
    await opened.driver.batch([
      sql`UPDATE events SET body = ${body} WHERE day = ${BEFORE} AND event_id = ${firstOf(events).event_id}`,
      sql`UPDATE days SET version = version + 1 WHERE day = ${BEFORE}`,
    ])
    return { ...opened, events }
  }

  const installations = async ({ store }: OpenStore, day: Day) =>
    (await store.counts(day, day, { field: 'installations' })).map(({ n }) => n)

  test.each(['{', 'null', '{}', '{"environment":{"version":8},"usage":{}}'])(
    'of a day with the body %s all other events are counted, and its own are exported, reported and deleted on time',
    async (body) => {
      const opened = await openWith(body)
      const { store, events } = opened
      await runDailyJobAt(NOON, store)
      expect(await installations(opened, BEFORE)).toEqual([2])
      expect(await installations(opened, TODAY)).toEqual([3])
      expect(await store.unreadableEvents()).toEqual([{ day: BEFORE, n: 1 }])
      expect(
        (await store.exportInstallation(idOf(events))).map(({ timestamp }) => timestamp.slice(0, 10)),
      ).toEqual([TODAY])
      await runDailyJobAt(NOON + 89 * MS_PER_DAY, store)
      await runDailyJobAt(NOON + 90 * MS_PER_DAY, store)
      expect(await store.rawDaysBefore(TODAY)).toEqual([])
      expect([await store.unreadableEvents(), await installations(opened, BEFORE)]).toEqual([[], [2]])
    },
  )

  test('a body of another row is set aside too', async () => {
    const opened = await openWith(JSON.stringify(await eventOf({ installation: 2 })))
    await runDailyJobAt(NOON, opened.store)
    expect(await installations(opened, BEFORE)).toEqual([2])
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
