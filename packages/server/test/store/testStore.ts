import type { TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach } from 'vitest'
import type { Driver } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createSqlStore } from '../../src/store/sqlStore.ts'
import type { Statement } from '../../src/store/statement.ts'
import type { Store } from '../../src/store/store.ts'
import { eventOf, NOON, TODAY } from '../events.ts'
import { testHost } from '../testHost.ts'

/** One database under test, empty at first. */
export interface TestDatabase {
  /** Opens it, as one of several servers would. */
  connect(): Promise<Driver>
  remove(): Promise<void>
}

export interface OpenStore {
  store: Store
  /** The connection that the store uses. */
  driver: Driver
  /** Opens the same database once more. @param through wraps the connection. */
  connect(through?: (driver: Driver) => Driver): Promise<Store>
  /** The clock of every one of them, which the test moves. */
  clock: { now: number }
  /** All that was committed. */
  batches: (readonly Statement[])[]
}

/** Opens a store on a fresh database, which is removed when the test has ended. */
export function createOpener(createDatabase: () => Promise<TestDatabase>): () => Promise<OpenStore> {
  const cleanUps: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })

  return async () => {
    const database = await createDatabase()
    cleanUps.push(() => database.remove())
    const clock = { now: NOON }
    const batches: (readonly Statement[])[] = []
    const openOver = (driver: Driver): Store => {
      const store = createSqlStore({ driver, host: testHost(() => clock.now), eventsPerIdPerHour: 10 })
      cleanUps.push(() => store.close().catch(() => {}))
      return store
    }
    const connectDriver = async (): Promise<Driver> => {
      const driver = await database.connect()
      await migrate(driver)
      const batch: Driver['batch'] = (statements) => {
        batches.push(statements)
        return driver.batch(statements)
      }
      return { ...driver, batch, clock: undefined }
    }
    const driver = await connectDriver()
    const connect: OpenStore['connect'] = async (through = (connected) => connected) =>
      openOver(through(await connectDriver()))
    return { store: openOver(driver), driver, connect, clock, batches }
  }
}

export async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

export async function idsOf(store: Store, day = TODAY): Promise<string[]> {
  const events = await listOf(store.eventsOf(day))
  return events.map((event) => event.event_id)
}

export function eventsOfOne(n: number): Promise<TelemetryEvent[]> {
  return Promise.all(Array.from({ length: n }, (_, hour) => eventOf({ installation: 1, hour })))
}

export function eventsOfMany(n: number, day = TODAY): Promise<TelemetryEvent[]> {
  return Promise.all(Array.from({ length: n }, (_, installation) => eventOf({ installation, day })))
}

export function idOf([event]: readonly TelemetryEvent[]): string {
  return event?.telemetry_id ?? ''
}

/** The first of some, where the test has seen to it that there is one. */
export function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items
  if (first === undefined) throw new Error('there is none')
  return first
}
