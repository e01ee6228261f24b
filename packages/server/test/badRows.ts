import { addDays, boundsOf, dayAt } from '@voicemode-telemetry/protocol'
import { expect, vi } from 'vitest'
import { newestDueWeek } from '../src/report/dueWeeks.ts'
import type { Driver } from '../src/store/driver.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { raw } from '../src/store/statement.ts'
import { insertRow, openDayRow } from '../src/store/tables.ts'
import { eventOf } from './events.ts'
import { runCommand } from './runCommand.ts'
import { startServer } from './serverProcess.ts'
import { testHost } from './testHost.ts'

const TODAY = dayAt(Date.now())
const PAST_RETENTION = addDays(TODAY, -91)
const DUE = newestDueWeek(TODAY)
const IN_DUE_WEEK = boundsOf(DUE).from
/** What can't be read; no answer, no line of the log and no finding may repeat it. */
const BAD = 'zz-canary-4711'

/** Each breaks one place. The first three are of events that are due to be read, on days with others. */
const PLACES: Record<string, string | string[]> = {
  'an event that is no JSON': `UPDATE events SET body = '{"${BAD}' WHERE event_id = (SELECT MIN(event_id) FROM events WHERE day = '${TODAY}')`,
  'an event with the body of another': `UPDATE events SET body = (SELECT body FROM events WHERE day = '${TODAY}' ORDER BY event_id DESC LIMIT 1)
    WHERE event_id = (SELECT MIN(event_id) FROM events WHERE day = '${IN_DUE_WEEK}')`,
  'an event past its retention': `UPDATE events SET body = '' WHERE day = '${PAST_RETENTION}'`,
  'a day that is none': [
    `INSERT INTO days VALUES ('${BAD}', 7, 0, 0, '')`,
    `INSERT INTO events (event_id, telemetry_id, day, body) SELECT '${BAD}', telemetry_id, '${BAD}', body FROM events WHERE day = '${TODAY}' LIMIT 1`,
  ],
  'a day that is none, and sorts before all others': `INSERT INTO days VALUES ('!${BAD}', 7, 0, 0, '')`,
  'a count of a segment that is none': `INSERT INTO counts VALUES ('${BAD}', '${TODAY}', 'environment.os_type', 'Linux', 3)`,
  'a report whose body is none': `INSERT INTO reports VALUES ('2026-W02', '{"${BAD}', '2026-01-20', 0)`,
  'a report of a week that is none': `INSERT INTO reports VALUES ('${BAD}', '{}', '2026-01-20', 0)`,
  'a report made on a day that is none': `INSERT INTO reports VALUES ('2026-W03', '{}', '${BAD}', 0)`,
  'the day of the set-up': `UPDATE milestones SET day = '${BAD}' WHERE name = 'set up'`,
  'the day before which events are forgotten': `INSERT INTO milestones VALUES ('forgotten before', '${BAD}')`,
  'the time at which the clock was believed': `INSERT INTO clock VALUES (1, 9000000000000000000, 0, 0)`,
  'the kind of a request': `INSERT INTO data_requests VALUES ('${TODAY}', '${BAD}', 1)`,
}

async function fill(driver: Driver): Promise<void> {
  await migrate(driver)
  const store = createSqlStore({ driver, host: testHost(Date.now), eventsPerIdPerHour: 10 })
  for (const day of [TODAY, IN_DUE_WEEK])
    for (const installation of [1, 2, 3]) await store.add(await eventOf({ installation, day }))
  const { event_id, telemetry_id } = await eventOf({ installation: 1, day: PAST_RETENTION })
  await driver.batch([
    insertRow('days', openDayRow(PAST_RETENTION, 1)),
    insertRow('events', { event_id, telemetry_id, day: PAST_RETENTION, body: '{}' }),
  ])
}

/** How many places are broken. */
export const BAD_PLACES = Object.keys(PLACES).length

/**
 * Breaks a row in each place at once, and starts a server.
 *
 * @param driver an empty database. @param location the same, as `TELEMETRY_DATABASE` takes it.
 */
export async function expectBadRowsPassedOver(driver: Driver, location: string): Promise<void> {
  await fill(driver)
  for (const statement of Object.values(PLACES).flat()) await driver.batch([raw(statement)])
  const rows = async (query: string) => (await driver.batch([raw(query)]))[0]
  const server = await startServer(location.replace(/^sqlite:/, ''))
  const ask = async (path: string) => {
    const answer = await fetch(server.url + path)
    return { status: answer.status, text: await answer.text() }
  }
  const told: string[] = []
  const read = async (path: string) => {
    const { status, text } = await ask(path)
    told.push(text)
    return { path, status }
  }
  try {
    // The job that begins with the server.
    const left = `SELECT day FROM days WHERE forgotten = 0 AND day IN ('${PAST_RETENTION}', '${BAD}', '!${BAD}')
      UNION SELECT day FROM events WHERE day IN ('${PAST_RETENTION}', '${BAD}')`
    await vi.waitFor(async () => expect(await rows(left)).toEqual([]), 10_000)
    const made = `SELECT week FROM reports WHERE week = '${DUE}'`
    await vi.waitFor(async () => expect(await rows(made)).toHaveLength(1), 10_000)
    const { text } = await ask(`/v1/charts/daily?from=${IN_DUE_WEEK}&field=installations`)
    expect(JSON.parse(text)).toMatchObject({
      since: PAST_RETENTION,
      counts: [
        { day: IN_DUE_WEEK, n: 2 },
        { day: TODAY, n: 2 },
      ],
    })
    const { text: activity } = await ask(`/v1/charts/daily?from=${TODAY}&field=installations.last_7_days`)
    expect(JSON.parse(activity)).toMatchObject({ counts: [{ day: TODAY, n: 3 }] })

    const paths = [
      ...[
        '/v1/charts/segments?field=environment.os_type',
        '/v1/reports',
        '/report',
        `/report/${DUE}`,
        `/v1/reports/${DUE}`,
      ],
      ...['/v1/transparency', '/transparency', '/metrics', '/healthz', '/v1/events/test', '/'],
    ]
    expect(await Promise.all(paths.map(read))).toEqual(paths.map((path) => ({ path, status: 200 })))
    const unread = [
      '/report/2026-W02',
      '/v1/reports/2026-W02',
      '/v1/reports/2026-W02?format=csv',
      '/report/2026-W03',
    ]
    expect(await Promise.all(unread.map(read))).toEqual(unread.map((path) => ({ path, status: 404 })))

    const { stdout } = await runCommand(['doctor', '--url', server.url], {
      TELEMETRY_DATABASE: location,
    })
    expect(stdout).toMatch(/^fix {6}events: /m)
    expect(stdout).toMatch(/^fix {6}rows: .*2 of days, 3 of reports, 1 of milestones, 1 of data_requests/m)
    expect(stdout).toMatch(/^ok {7}promises: /m)
    expect(stdout).toMatch(/^ok {7}clock: /m)
    expect([...told, stdout, server.output()].filter((each) => each.includes(BAD))).toEqual([])
  } finally {
    await server.end()
  }
}
