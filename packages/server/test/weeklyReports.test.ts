import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, type Day, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { encodeReport } from '@voicemode-telemetry/protocol/wire/reports'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { createIpAddressLimiter } from '../src/limits/ipAddressLimiter.ts'
import { makeReportByHand, nextReport } from '../src/report/makeReports.ts'
import { composeReport, planTables } from '../src/report/mechanism/weeklyReport.ts'
import { RELEASES } from '../src/report/releases.ts'
import type { Driver } from '../src/store/driver.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { sql } from '../src/store/statement.ts'
import type { Store } from '../src/store/store.ts'
import { eventOf } from './events.ts'
import { runDailyJobAt, testHost } from './testHost.ts'

/** Two weeks and the days from which they may be reported. */
const [FIRST, SECOND] = ['2026-W47', '2026-W48']
const [FIRST_MONDAY, SECOND_MONDAY]: [Day, Day] = ['2026-11-16', '2026-11-23']
const [FIRST_DUE, SECOND_DUE] = [startOfDay('2026-11-30'), startOfDay('2026-12-07')]

let folder: string
let drivers: Driver[]
let clock: { now: number }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'))
  drivers = []
  clock = { now: startOfDay(FIRST_MONDAY) }
})
afterEach(async () => {
  for (const driver of drivers) await driver.close()
  rmSync(folder, { recursive: true })
})

/** A store on a database file, one of several servers' on the same name, as if it had been set up on that day. */
async function open({ setUpOn = FIRST_MONDAY, name = 'test.db' } = {}): Promise<Store> {
  const driver = openSqlite(join(folder, name))
  drivers.push(driver)
  await migrate(driver)
  await driver.batch([sql`UPDATE milestones SET day = ${setUpOn} WHERE name = 'set up'`])
  return createSqlStore({ driver, host: testHost(() => clock.now), eventsPerIdPerHour: 100 })
}

/** Adds an event of each of so many installations on each of those days. */
async function fill(store: Store, installations: number, ...days: Day[]): Promise<void> {
  const events = days.flatMap((day) =>
    Array.from({ length: installations }, (_, installation) => eventOf({ installation, day })),
  )
  const added = await Promise.all((await Promise.all(events)).map((event) => store.add(event)))
  expect(added.every(({ outcome }) => outcome === 'stored')).toBe(true)
}

async function weeksOf(store: Store): Promise<string[]> {
  return (await store.reports()).map(({ week }) => week)
}

function bodiesOf(store: Store) {
  return Promise.all([FIRST, SECOND].map(async (week) => (await store.report(week))?.body))
}

function appOf(store: Store) {
  const host = testHost(() => clock.now)
  const limiter = createIpAddressLimiter(host, 10)
  const { app } = createApp({
    store,
    host,
    retentionDays: 90,
    ipAddresses: limiter,
    attempts: limiter,
    access: { by: 'token', token: 'a-token' },
    ipAddressOf: () => '',
  })
  return app
}

describe('the daily job', () => {
  test('reports each week once, when it is due; run again, late and by two servers at once, it changes no byte', async () => {
    const [store, other] = [await open(), await open()]
    await fill(store, 20, FIRST_MONDAY, '2026-11-22', SECOND_MONDAY)
    await runDailyJobAt(FIRST_DUE - 1, store)
    expect(await weeksOf(store)).toEqual([])
    await Promise.all([runDailyJobAt(FIRST_DUE, store), runDailyJobAt(FIRST_DUE, other)])
    expect(await weeksOf(store)).toEqual([FIRST])
    await Promise.all([runDailyJobAt(SECOND_DUE, other), runDailyJobAt(SECOND_DUE, store)])
    const bodies = await bodiesOf(store)
    expect(await weeksOf(store)).toEqual([SECOND, FIRST])
    for (const [n, week] of [FIRST, SECOND].entries()) {
      expect(JSON.parse(bodies[n] ?? '')).toMatchObject({ week, epsilon: 1, total: expect.any(Number) })
    }
    for (const server of [store, other]) await runDailyJobAt(SECOND_DUE + 6 * MS_PER_DAY, server)
    expect(await bodiesOf(other)).toEqual(bodies)
  })

  test('reports the same weeks whether or not there was any event, and none before the store was set up', async () => {
    const [full, empty] = [
      await open({ setUpOn: '2026-11-25' }),
      await open({ setUpOn: '2026-11-25', name: 'empty.db' }),
    ]
    await fill(full, 3, FIRST_MONDAY, '2026-11-24', '2026-12-02')
    for (const store of [full, empty]) {
      await runDailyJobAt(SECOND_DUE + 10 * MS_PER_DAY, store)
      expect(await weeksOf(store)).toEqual(['2026-W49', SECOND])
    }
  })

  test('a week whose days may have been forgotten gets none for good, with events or without', async () => {
    const [full, empty] = [await open(), await open({ name: 'empty.db' })]
    await fill(full, 3, FIRST_MONDAY, SECOND_MONDAY)
    for (const store of [full, empty]) {
      // The operator once kept events for less, and the first day is gone.
      await runDailyJobAt(startOfDay('2026-11-24'), store, 7)
      await runDailyJobAt(SECOND_DUE, store)
      expect(await weeksOf(store)).toEqual([SECOND])
      expect(
        await makeReportByHand(store, FIRST, SECOND_DUE, 90, testHost(() => clock.now).randomBytes),
      ).toBe('forgotten')
    }
  })

  test('a server that was away for long reports what is still whole, then forgets', async () => {
    const store = await open()
    await fill(store, 2, FIRST_MONDAY, SECOND_MONDAY)
    await runDailyJobAt(startOfDay(addDays(SECOND_MONDAY, 90)), store)
    const weeks = await weeksOf(store)
    expect([weeks.at(-1), weeks[0]]).toEqual([SECOND, '2027-W05'])
    expect(await store.rawDaysBefore(SECOND_MONDAY)).toEqual([])
  })

  test('a week that cannot be read keeps no other from its report, and is told as late', async () => {
    const store = await open()
    await fill(store, 3, FIRST_MONDAY, SECOND_MONDAY)
    const eventsOf: Store['eventsOf'] = (day) => {
      if (day === FIRST_MONDAY) throw new RangeError('of a test')
      return store.eventsOf(day)
    }
    await expect(runDailyJobAt(SECOND_DUE, { ...store, eventsOf })).rejects.toMatchObject({
      failures: expect.arrayContaining([expect.objectContaining({ step: 'reports', week: FIRST })]),
    })
    expect(await weeksOf(store)).toEqual([SECOND])
    clock.now = SECOND_DUE
    const health = await appOf(store).request('/healthz')
    expect([health.status, await health.json()]).toEqual([
      200,
      { status: 'ok', late: [{ promise: 'reports', days: 7 }] },
    ])
  })

  test('what is past the retention is forgotten also where no report can be made', async () => {
    const store = await open()
    await fill(store, 2, FIRST_MONDAY)
    const late = startOfDay(addDays(FIRST_MONDAY, 91))
    const broken = { ...store, reports: () => Promise.reject(new Error('broken')) }
    await expect(runDailyJobAt(late, broken)).rejects.toMatchObject({ failures: [{ step: 'reports' }] })
    expect(await store.rawDaysBefore(addDays(FIRST_MONDAY, 1))).toEqual([])
  })
})

describe('by hand', () => {
  test('a week from before the set-up is made once, when it is due, while its events are there', async () => {
    const store = await open({ setUpOn: SECOND_MONDAY })
    await fill(store, 2, FIRST_MONDAY)
    const make = (week: string, now: number) =>
      makeReportByHand(store, week, now, 90, testHost(() => clock.now).randomBytes)
    expect(await make(FIRST, FIRST_DUE - 1)).toBe('not-due')
    expect(await make(FIRST, FIRST_DUE)).toBe('added')
    const body = (await store.report(FIRST))?.body
    expect(await make(FIRST, FIRST_DUE)).toBe('exists')
    expect((await store.report(FIRST))?.body).toBe(body)
    expect(await make('2026-W40', startOfDay(addDays('2026-09-28', 90)))).toBe('added')
    expect(await make('2026-W40', startOfDay(addDays('2026-09-28', 91)))).toBe('exists')
    expect(await make('2026-W41', startOfDay(addDays('2026-10-05', 91)))).toBe('forgotten')
  })
})

describe('the next report', () => {
  const next = (setUpOn: Day, today: Day, retentionDays = 90, made: string[] = []) =>
    nextReport({ setUpOn, forgottenBefore: undefined }, today, retentionDays, made)

  test('is the first one, then the one after the newest', () => {
    expect(next('2026-11-18', '2026-11-18')).toEqual({ week: FIRST, on: '2026-11-30' })
    expect(next('2026-11-18', '2026-11-30')).toEqual({ week: FIRST, on: '2026-11-30' })
    expect(next('2026-11-18', '2026-11-30', 90, [FIRST])).toEqual({ week: SECOND, on: '2026-12-07' })
  })

  test('is none where events are kept for less than a report waits', () => {
    expect(next('2026-11-18', '2026-11-18', 13)).toBeUndefined()
    expect(next('2026-11-18', '2026-11-18', 14)).toEqual({ week: FIRST, on: '2026-11-30' })
  })
})

test('a deletion changes no byte of a report that was made, and is counted beside it', async () => {
  const store = await open()
  await fill(store, 3, FIRST_MONDAY)
  const { telemetry_id } = await eventOf({ installation: 1 })
  await store.deleteInstallation(telemetry_id)
  clock.now = FIRST_DUE
  await runDailyJobAt(clock.now, store)
  const app = appOf(store)
  const tellsOf = async () => {
    const [report, list, page] = await Promise.all(
      [`/v1/reports/${FIRST}`, '/v1/reports', '/report'].map(async (path) =>
        (await app.request(path)).text(),
      ),
    )
    return { report, deletions: JSON.parse(list ?? '').reports[0].deletions_since, page }
  }
  const before = await tellsOf()
  expect(before.deletions).toBe(0)
  clock.now += MS_PER_DAY
  await store.deleteInstallation((await eventOf({ installation: 2 })).telemetry_id)
  await runDailyJobAt(clock.now, store)
  const after = await tellsOf()
  expect(after.report).toBe(before.report)
  expect(after.deletions).toBe(1)
  expect(after.page).toMatch(/Deletion requests since then<\/dt>\s*<dd>1\./)
})

test('the page shows every number with its error bars, runs nothing and asks nobody else', async () => {
  const store = await open()
  clock.now = FIRST_DUE
  const plan = planTables(RELEASES)
  const noisyTables = plan.map(({ words }) => words.map((_, n) => 1200 - 150 * n))
  const report = composeReport(FIRST, plan, { noisyTotal: 4321, noisyTables })
  await store.addReport(FIRST, encodeReport(report), '2026-11-30')
  const answer = await appOf(store).request(`/report/${FIRST}`)
  const text = await answer.text()
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/)
  expect(text).not.toMatch(/<script|<style|style=|https?:/)
  expect(text).toContain('4,321')
  for (const { field, label, rows, folded } of report.tables) {
    const [, table = ''] = text.split(`id="${field}"`)
    const shown = table.split('</section>')[0] ?? ''
    expect(shown).toContain(label)
    expect(shown.match(/<th scope="row">/g)).toHaveLength(rows.length)
    for (const { value, plus_minus } of rows) {
      expect(shown).toContain(`<th scope="row">${value.replace('<', '&lt;').replace('>', '&gt;')}</th>`)
      expect(shown).toContain(`± ${plus_minus}`)
    }
    for (const word of folded) expect(shown).toContain(word.replace('<', '&lt;').replace('>', '&gt;'))
  }
})

test('the page names a table of which nothing is beyond the noise, and shows no number of it', async () => {
  const store = await open()
  clock.now = FIRST_DUE
  const plan = planTables(RELEASES)
  const noisyTables = plan.map(({ field, words }) =>
    words.map(() => (field === 'usage.error_types' ? 3 : 300)),
  )
  const report = composeReport(FIRST, plan, { noisyTotal: 4321, noisyTables })
  await store.addReport(FIRST, encodeReport(report), '2026-11-30')
  const text = await (await appOf(store).request(`/report/${FIRST}`)).text()
  expect(text).toContain('Not shown, because no number stood out from the noise: Kinds of error.')
  expect(text).not.toContain('id="usage.error_types"')
  expect(text).toContain('id="usage.failed_steps"')
})
