import type { Host } from '../host.ts'
import { createActivityStore } from './activityStore.ts'
import { tryStatements } from './addEvents.ts'
import { createClockStore } from './clockStore.ts'
import { createCountStore } from './countStore.ts'
import { createDataRequestStore } from './dataRequestStore.ts'
import type { Batch, Driver } from './driver.ts'
import { hexOf } from './hex.ts'
import { createIntake } from './intake.ts'
import { findUnreadableRows } from './readable.ts'
import { createReplaceCounts } from './replaceCounts.ts'
import { createReportStore } from './reportStore.ts'
import { read, type Statement, sql } from './statement.ts'
import { type Store, StoreUnavailable } from './store.ts'
import { createTestEventStore } from './testEventStore.ts'

export interface SqlStoreOptions {
  /** A database that `migrate` has brought up to date. */
  driver: Driver
  host: Pick<Host, 'now' | 'nextTurn' | 'giveWay' | 'randomBytes'>
  /** How many events of one `telemetry_id` are stored in an hour. */
  eventsPerIdPerHour: number
}

/** As hex digits this is as much as an event and its counts may need, in bytes. */
const PROBE_BYTES = 8_192

/** A write of which nothing stays. */
function probe(text: string): Statement[] {
  return [
    sql`INSERT INTO milestones (name, day) VALUES ('probe', ${text})`,
    sql`DELETE FROM milestones WHERE name = 'probe'`,
  ]
}

async function orUnavailable(work: Promise<void>): Promise<void> {
  await work.catch((error) => {
    throw new StoreUnavailable(error)
  })
}

/** The store over any SQL database that can run a batch atomically. */
export function createSqlStore({ driver, host, eventsPerIdPerHour }: SqlStoreOptions): Store {
  let lastWriteFailed = false
  const batch: Batch = async (...statements) => {
    const writes = statements.some(({ readOnly }) => !readOnly)
    try {
      const rows = await driver.batch(statements)
      if (writes) lastWriteFailed = false
      return rows
    } catch (error) {
      if (writes) lastWriteFailed = true
      throw new StoreUnavailable(error)
    }
  }
  const replaceCounts = createReplaceCounts(batch, host.randomBytes)
  const { finish, ...intake } = createIntake({
    batch,
    engine: driver.engine,
    prepareDay: (day) => orUnavailable(driver.prepareDay(day)),
    host,
    eventsPerIdPerHour,
  })
  return {
    ...intake,
    ...createCountStore({ batch, giveWay: host.giveWay, replaceCounts }),
    ...createActivityStore({ batch, giveWay: host.giveWay, replaceCounts }),
    ...createDataRequestStore(batch, host.now),
    ...createReportStore(batch),
    ...createTestEventStore(batch),
    ...createClockStore(batch, driver.clock),
    unreadableRows: () => findUnreadableRows(batch),
    async check() {
      await batch(read`SELECT COUNT(*) AS n FROM migrations`)
      const trying = tryStatements(driver.engine, { now: host.now(), limit: eventsPerIdPerHour })
      await orUnavailable(driver.checkWrites(trying))
      // Why a write fails does not always show without one that needs as much room.
      if (lastWriteFailed) await batch(...probe(hexOf(host.randomBytes(PROBE_BYTES))))
    },
    tidy: () => orUnavailable(driver.tidy()),
    deletionWaits: driver.deletionWaits,
    async close() {
      await finish()
      await driver.close()
    },
  }
}
