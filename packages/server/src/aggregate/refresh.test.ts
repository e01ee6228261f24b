import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventOf, NOON, TODAY } from '../../test/events.ts'
import { testHost } from '../../test/testHost.ts'
import type { Incident } from '../host.ts'
import type { Driver } from '../store/driver.ts'
import { openSqlite } from '../store/drivers/sqlite.ts'
import { migrate } from '../store/migrate.ts'
import { createSqlStore } from '../store/sqlStore.ts'
import { type Store, StoreUnavailable } from '../store/store.ts'
import { insertRow, openDayRow } from '../store/tables.ts'
import { createRefresh, FEW_EVENTS } from './refresh.ts'

let driver: Driver
let store: Store
let clock: number
let incidents: Incident[]
const host = { ...testHost(() => clock), log: (incident: Incident) => incidents.push(incident) }

beforeEach(async () => {
  clock = NOON
  incidents = []
  driver = openSqlite(':memory:')
  await migrate(driver)
  store = createSqlStore({ driver, host, eventsPerIdPerHour: 10 })
})
afterEach(() => store.close())

const becomeLarge = () => driver.batch([insertRow('days', openDayRow('2026-11-01', FEW_EVENTS))])
const counted = async () => (await store.counts(TODAY, TODAY, { field: 'installations' })).map(({ n }) => n)

/** The store, whose next refresh ends when it is let and tells when it has; and how many were begun. */
function held() {
  const [gate, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const seen = { begun: 0 }
  const through: Store = {
    ...store,
    async daysToAggregate() {
      seen.begun++
      await gate.promise
      return store.daysToAggregate()
    },
    async writeActivity(of, counts) {
      const outcome = await store.writeActivity(of, counts)
      end.resolve()
      return outcome
    },
  }
  return { store: through, seen, letGo: gate.resolve, ended: end.promise }
}

test('with few events a refresh waits until all are counted', async () => {
  const refresh = createRefresh({ store, host, retentionDays: 90, inBackground: true })
  for (let n = 1; n <= 3; n++) {
    await store.add(await eventOf({ installation: n }))
    await refresh()
    expect(await counted()).toEqual([n])
  }
})

test('with many it goes on in the background, and rests for 20 times as long as it took', async () => {
  await becomeLarge()
  await store.add(await eventOf({ installation: 1 }))
  const through = held()
  const refresh = createRefresh({ store: through.store, host, retentionDays: 90, inBackground: true })
  await refresh()
  await refresh()
  expect(await counted()).toEqual([])
  clock += 1_000
  through.letGo()
  await through.ended
  // What follows the last write of a refresh needs some turns.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await counted()).toEqual([1])
  clock += 19_999
  await refresh()
  expect(through.seen.begun).toBe(1)
  clock += 1
  await refresh()
  await new Promise((resolve) => setImmediate(resolve))
  expect(through.seen.begun).toBe(2)
})

test('where nothing goes on in the background it waits, however many there are', async () => {
  await becomeLarge()
  await store.add(await eventOf({ installation: 1 }))
  await createRefresh({ store, host, retentionDays: 90, inBackground: false })()
  expect(await counted()).toEqual([1])
})

test('a failure is thrown to whoever waits, and logged where nobody does', async () => {
  const daysToAggregate = () => Promise.reject(new StoreUnavailable(new Error('of a test')))
  const refresh = createRefresh({
    store: { ...store, daysToAggregate },
    host,
    retentionDays: 90,
    inBackground: true,
  })
  await expect(refresh()).rejects.toBeInstanceOf(StoreUnavailable)
  expect(incidents).toEqual([])
  await becomeLarge()
  await store.add(await eventOf({ installation: 1 }))
  await refresh()
  await new Promise((resolve) => setImmediate(resolve))
  expect(incidents).toEqual([{ level: 'error', event: 'refresh-failed', kind: 'unknown' }])
})
