import type { Batch } from './driver.ts'
import { read, sql } from './statement.ts'

/** The arrival of a test event: all that is kept of one. */
interface TestArrival {
  /** Milliseconds since 1970. */
  arrivedAt: number
  /** Of the program that sent it. */
  version: string
}

/** What a store keeps of test events: the last arrival, and of the events nothing. */
export interface TestEventStore {
  /** Notes an arrival in the place of the one before. */
  noteTestEvent(arrival: TestArrival): Promise<void>
  /** The last arrival; undefined if there was none, or if it was dropped. */
  lastTestEvent(): Promise<TestArrival | undefined>
  /** Drops the last arrival if it is older than that, in milliseconds since 1970. */
  dropTestEventBefore(time: number): Promise<void>
}

/** Keeps the last arrival in a table of a SQL store. */
export function createTestEventStore(batch: Batch): TestEventStore {
  return {
    async noteTestEvent({ arrivedAt, version }) {
      await batch(
        sql`INSERT INTO test_events (id, arrived_at, version) VALUES (1, ${arrivedAt}, ${version})
            ON CONFLICT (id) DO UPDATE SET arrived_at = excluded.arrived_at, version = excluded.version`,
      )
    },

    async lastTestEvent() {
      const [[row] = []] = await batch(read`SELECT arrived_at, version FROM test_events`)
      return row && { arrivedAt: Number(row.arrived_at), version: String(row.version) }
    },

    async dropTestEventBefore(time) {
      await batch(sql`DELETE FROM test_events WHERE arrived_at < ${time}`)
    },
  }
}
