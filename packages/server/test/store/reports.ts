import { addDays, dayAt, isoWeekOf, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { makeReportByHand } from '../../src/report/makeReports.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { testHost } from '../testHost.ts'
import { listOf, type OpenStore } from './testStore.ts'

/** Keeping weekly reports. */
export function reportsContract(open: () => Promise<OpenStore>): void {
  test('a store knows the UTC day on which it was made', async () => {
    const before = dayAt(Date.now())
    const { store } = await open()
    const { setUpOn, forgottenBefore } = await store.milestones()
    expect(before <= setUpOn && setUpOn <= dayAt(Date.now())).toBe(true)
    expect(forgottenBefore).toBeUndefined()
  })

  test('events come by the bytes of their ids, whatever alphabet the database knows, and reports are made', async () => {
    const { store, clock } = await open()
    const ids = ['aa', 'ab', 'dd', 'de', 'ff'].map((start) => `${start}000000-0000-8000-8000-000000000001`)
    for (const installation of ids.toReversed()) await store.add(await eventOf({ installation }))
    const events = await listOf(store.eventsOf(TODAY))
    expect(events.map(({ telemetry_id }) => telemetry_id)).toEqual(ids)
    clock.now = NOON + 20 * MS_PER_DAY
    await store.noteForgetting(addDays(TODAY, -60))
    expect(
      await makeReportByHand(store, isoWeekOf(TODAY), clock.now, 90, testHost(Date.now).randomBytes),
    ).toBe('added')
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
}
