import { addDays, HOLD_DAYS, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import type { Incident } from '../../src/host.ts'
import { runDailyJob } from '../../src/jobs/dailyJob.ts'
import type { Store } from '../../src/store/store.ts'
import { insertRow, openDayRow } from '../../src/store/tables.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { testHost } from '../testHost.ts'
import { eventsOfMany, idsOf, type OpenStore } from './testStore.ts'

/** Nothing that can't be undone is done on the word of one clock. */
export function clocksContract(open: () => Promise<OpenStore>): void {
  /** Runs the daily job by a clock that nobody has vouched for. @returns what it logged. */
  async function runBy(now: number, store: Store): Promise<string[]> {
    const logged: Incident[] = []
    await runDailyJob(store, { ...testHost(() => now), log: (incident) => logged.push(incident) }, 90)
    return logged.map(({ event }) => event)
  }
  const wrong = NOON + 200 * MS_PER_DAY

  test('a clock that is wrong for a while has events counted, and nothing deleted, published or moved', async () => {
    const { store } = await open()
    await runBy(NOON, store)
    await store.deleteInstallation((await eventOf({ installation: 99 })).telemetry_id)
    for (const event of await eventsOfMany(3)) await store.add(event)
    await store.noteTestEvent({ arrivedAt: NOON, version: '8.12.0' })
    const before = await store.milestones()
    expect(await runBy(wrong, store)).toEqual(['clock-not-believed'])
    expect(await idsOf(store)).toHaveLength(3)
    expect(await store.counts(TODAY, TODAY)).toContainEqual({
      day: TODAY,
      field: 'installations',
      value: '',
      n: 3,
    })
    expect(await store.reports()).toEqual([])
    expect(await store.milestones()).toEqual(before)
    expect(await store.lastTestEvent()).toBeDefined()
    expect(await store.add(await eventOf({ installation: 99 }))).toEqual({ outcome: 'suppressed' })
    expect(await runBy(NOON + MS_PER_DAY, store)).toEqual([])
    expect((await store.checkClock(wrong)).outcome).toBe('doubted')
  })

  test('a clock that has leapt is believed after days of running, by several servers together', async () => {
    const { store, connect } = await open()
    const other = await connect()
    await runBy(NOON, store)
    await store.add(await eventOf({ installation: 1 }))
    for (let half = 0; half < 2 * HOLD_DAYS; half++) {
      const server = half % 2 ? other : store
      expect(await runBy(wrong + half * (MS_PER_DAY / 2), server)).toEqual(['clock-not-believed'])
    }
    expect(await runBy(wrong + HOLD_DAYS * MS_PER_DAY, store)).toEqual([])
    expect(await idsOf(store)).toEqual([])
  })

  test('a word of a person is enough', async () => {
    const { store } = await open()
    await runBy(NOON, store)
    await store.add(await eventOf({ installation: 1 }))
    await runBy(wrong, store)
    await store.noteClock({ outcome: 'believed', now: wrong })
    expect(await runBy(wrong, store)).toEqual([])
    expect(await idsOf(store)).toEqual([])
  })

  test('events of today speak for a clock, for they come by the clocks of others', async () => {
    const { store } = await open()
    const back = NOON + 30 * MS_PER_DAY
    await runBy(NOON, store)
    expect(await runBy(back, store)).toEqual(['clock-not-believed'])
    await store.add(await eventOf({ installation: 1, day: addDays(TODAY, 29) }))
    expect(await runBy(back, store)).toEqual([])
  })

  test('an installation does not wait for an hour that a wrong clock has begun', async () => {
    const { store, clock } = await open()
    const events = await Promise.all(
      Array.from({ length: 11 }, (_, hour) => eventOf({ installation: 1, hour })),
    )
    clock.now = NOON + 50 * MS_PER_DAY
    for (const event of events) await store.add(event)
    clock.now = NOON
    const last = events.at(-1) ?? expect.unreachable()
    expect(await store.add(last)).toMatchObject({ outcome: 'limited' })
    await runBy(NOON, store)
    expect(await store.add(last)).toEqual({ outcome: 'stored' })
  })

  test('what a wrong clock has left in the future is found and can be taken back, and what is past stays', async () => {
    const { store, driver } = await open()
    // No day, and before all that are.
    await driver.batch([insertRow('days', { ...openDayRow('1'), forgotten: 1 })])
    await store.noteClock({ outcome: 'believed', now: wrong })
    await runBy(startOfDay(TODAY) - 90 * MS_PER_DAY, store)
    for (const week of ['2026-W46', '2026-W47', '2027-W20']) await store.addReport(week, 'a report', TODAY)
    await store.noteForgetting('2027-03-01')
    const ahead = await store.leftAhead(TODAY)
    expect(ahead.reports.toSorted()).toEqual(['2026-W47', '2027-W20'])
    expect(ahead.milestones).toMatchObject({ forgottenBefore: '2027-03-01' })
    expect(await store.takeBackAhead(TODAY)).toEqual(ahead)
    expect(await store.leftAhead(TODAY)).toEqual({ reports: [], milestones: {} })
    expect((await store.reports()).map(({ week }) => week)).toEqual(['2026-W46'])
    expect(await store.addReport('2026-W47', 'whole', addDays(TODAY, 9))).toBe('added')
  })
}
