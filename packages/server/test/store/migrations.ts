import { addDays, encodeEvent } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import type { Driver } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { createSqlStore } from '../../src/store/sqlStore.ts'
import { list, raw, type SqlValue, sql } from '../../src/store/statement.ts'
import { type Store, TOMBSTONE_DAYS } from '../../src/store/store.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { runDailyJobAt, testHost } from '../testHost.ts'
import type { TestDatabase } from './testStore.ts'

/** What an older server has stored is there after it is brought up to date. */
export function migrationsContract(createDatabase: () => Promise<TestDatabase>): void {
  /** Opens a database as it was after some migrations, filled as a server of that time would have. */
  async function withOldStore(
    newest: number,
    fill: (driver: Driver) => Promise<unknown>,
    check: (store: Store) => Promise<void>,
  ) {
    const database = await createDatabase()
    const driver = await database.connect()
    const old = MIGRATIONS.filter(({ id }) => id <= newest)
    await migrate(driver, old)
    await fill(driver)
    await migrate(driver)
    const store = createSqlStore({ driver, host: testHost(() => NOON), eventsPerIdPerHour: 10 })
    await check(store)
    await store.close()
    await database.remove()
  }
  const insert = (table: string, ...values: SqlValue[]) =>
    sql`INSERT INTO ${raw(table)} VALUES (${list(values)})`
  const longAgo = addDays(TODAY, -400)
  const installations = { field: 'installations', value: '', n: 1 }

  test('a store from before segments keeps its counts, and days that have events get segments', async () => {
    const event = await eventOf({ installation: 1 })
    const { event_id, telemetry_id } = event
    const fill = (driver: Driver) =>
      driver.batch([
        insert('days', longAgo, 7, 7, 1, 'a mark'),
        insert('counts', longAgo, 'installations', '', 7),
        insert('days', TODAY, 1, 1, 0, 'a mark'),
        insert('events', event_id, telemetry_id, TODAY, encodeEvent(event)),
        insert('counts', TODAY, 'installations', '', 1),
      ])
    await withOldStore(3, fill, async (store) => {
      await runDailyJobAt(NOON, store)
      expect(await store.counts(longAgo, TODAY, { field: 'installations' })).toEqual([
        { ...installations, day: longAgo, n: 7 },
        { ...installations, day: TODAY },
      ])
      expect(await store.counts(longAgo, TODAY, { segment: 'environment.version=8.12' })).toContainEqual({
        ...installations,
        day: TODAY,
      })
    })
  })

  test('a store from before the segments of install method and launch source counts days with events anew', async () => {
    const event = await eventOf({ installation: 1 })
    const fill = (driver: Driver) =>
      driver.batch([
        insert('days', longAgo, 7, 7, 1, 'a mark'),
        insert('counts', 'environment.os_type=Linux', longAgo, 'installations', '', 7),
        insert('days', TODAY, 1, 1, 0, 'a mark'),
        insert('events', event.event_id, event.telemetry_id, TODAY, encodeEvent(event)),
      ])
    await withOldStore(7, fill, async (store) => {
      await runDailyJobAt(NOON, store)
      const of = (segment: string) => store.counts(longAgo, TODAY, { field: 'installations', segment })
      expect(await of('environment.install_method=uv')).toEqual([{ ...installations, day: TODAY }])
      expect(await of('environment.os_type=Linux')).toEqual([
        { ...installations, day: longAgo, n: 7 },
        { ...installations, day: TODAY },
      ])
      expect(await store.firstDay()).toBe(longAgo)
    })
  })

  test('a store whose tables had other names keeps limits, deletions, numbers of requests and what is aggregated', async () => {
    const event = await eventOf({ installation: 1 })
    const deleted = await eventOf({ installation: 2 })
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(deleted.telemetry_id))
    const until = NOON + TOMBSTONE_DAYS
    const fill = (driver: Driver) =>
      driver.batch([
        insert('days', TODAY, 2, 1, 0, 'a mark'),
        insert('events', event.event_id, event.telemetry_id, TODAY, encodeEvent(event)),
        insert('days', longAgo, 7, 7, 1, 'a mark'),
        insert('counts', '', longAgo, 'installations', '', 7),
        insert('quota', `id:${event.telemetry_id}`, NOON, 10),
        insert('graves', Buffer.from(digest).toString('hex'), until),
        insert('rights', longAgo, 'rights.delete', 3),
        insert('rights', TODAY, 'rights.export', 2),
      ])
    await withOldStore(6, fill, async (store) => {
      expect(await store.daysToAggregate()).toEqual([{ day: TODAY, version: 2 }])
      expect(await store.add(deleted)).toEqual({ outcome: 'suppressed' })
      expect(await store.add(event)).toEqual({ outcome: 'duplicate' })
      const eleventh = await eventOf({ installation: 1, hour: 5 })
      expect(await store.add(eleventh)).toEqual({ outcome: 'limited', retryAfterSeconds: 3600 })
      expect(await store.requestsAnswered(longAgo, TODAY)).toEqual([
        { day: longAgo, kind: 'delete', n: 3 },
        { day: TODAY, kind: 'export', n: 2 },
      ])
      await runDailyJobAt(NOON, store)
      expect(await store.counts(longAgo, TODAY, { field: 'installations' })).toEqual([
        { ...installations, day: longAgo, n: 7 },
        { ...installations, day: TODAY },
      ])
    })
  })
}
