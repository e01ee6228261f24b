import type { Host } from '../host.ts'
import { createActivityStore } from './activityStore.ts'
import { createClockStore } from './clockStore.ts'
import { createCountStore } from './countStore.ts'
import { createDataRequestStore } from './dataRequestStore.ts'
import type { Batch, Driver } from './driver.ts'
import { createIntake } from './intake.ts'
import { createReplaceCounts } from './replaceCounts.ts'
import { createReportStore } from './reportStore.ts'
import { read } from './statement.ts'
import { type Store, StoreUnavailable } from './store.ts'
import { createTestEventStore } from './testEventStore.ts'

export interface SqlStoreOptions {
  /** A database that `migrate` has brought up to date. */
  driver: Driver
  host: Pick<Host, 'now' | 'nextTurn' | 'randomBytes'>
  /** How many events of one `telemetry_id` are stored in an hour. */
  eventsPerIdPerHour: number
}

/** The store over any SQL database that can run a batch atomically. */
export function createSqlStore({ driver, host, eventsPerIdPerHour }: SqlStoreOptions): Store {
  const batch: Batch = async (...statements) => {
    try {
      return await driver.batch(statements)
    } catch (error) {
      throw new StoreUnavailable(error)
    }
  }
  const replaceCounts = createReplaceCounts(batch, host.randomBytes)
  const { finish, ...intake } = createIntake({ batch, host, eventsPerIdPerHour })
  return {
    ...intake,
    ...createCountStore({ batch, nextTurn: host.nextTurn, replaceCounts }),
    ...createActivityStore({ batch, nextTurn: host.nextTurn, replaceCounts }),
    ...createDataRequestStore(batch, host.now),
    ...createReportStore(batch),
    ...createTestEventStore(batch),
    ...createClockStore(batch, driver.clock),
    async check() {
      await batch(read`SELECT COUNT(*) AS n FROM migrations`)
    },
    async close() {
      await finish()
      await driver.close()
    },
  }
}
