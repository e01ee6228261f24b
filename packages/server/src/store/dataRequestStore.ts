import { dayAt, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { compare } from './compare.ts'
import type { Batch, Engine } from './driver.ts'
import { hashOf, subjectOf } from './installation.ts'
import { erase, read, type Statement, sql } from './statement.ts'
import { type RequestKind, type Store, TOMBSTONE_DAYS } from './store.ts'
import { readStoredEvent } from './storedEvent.ts'
import { limitTables } from './tables.ts'

/** Answers what people ask for about their installation's data, and counts such requests. @param now milliseconds since 1970. */
export function createDataRequestStore(batch: Batch, engine: Engine, now: () => number) {
  const countRequest = (kind: RequestKind) =>
    sql`INSERT INTO data_requests (day, kind, n) VALUES (${dayAt(now())}, ${kind}, 1)
        ON CONFLICT (day, kind) DO UPDATE SET n = data_requests.n + 1`

  return {
    async exportInstallation(telemetryId) {
      const [, rows = []] = await batch(
        countRequest('export'),
        read`SELECT day, telemetry_id, event_id, body FROM events WHERE ${isOf(telemetryId)}`,
      )
      return rows
        .flatMap((row) => readStoredEvent(row) ?? [])
        .sort((a, b) => compare(a.timestamp, b.timestamp))
    },

    async deleteInstallation(telemetryId) {
      const until = now() + TOMBSTONE_DAYS * MS_PER_DAY
      await batch(
        // Where transactions run side by side, an event of this installation waits here, or this waits for it.
        sql`INSERT INTO quota (subject, window_start, n) VALUES (${subjectOf(telemetryId)}, ${now()}, 0)
            ON CONFLICT (subject) DO UPDATE SET n = quota.n`,
        sql`INSERT INTO tombstones (id_hash, until) VALUES (${hashOf(telemetryId)}, ${until})
            ON CONFLICT (id_hash) DO UPDATE SET until = excluded.until`,
        ...eraseInstallation(engine, telemetryId),
        countRequest('delete'),
      )
    },

    async requestsAnswered(from, to) {
      const [rows = []] = await batch(
        read`SELECT day, kind, n FROM data_requests WHERE day >= ${from} AND day <= ${to}`,
      )
      return rows
        .map((row) => ({ day: String(row.day), kind: row.kind as RequestKind, n: Number(row.n) }))
        .sort((a, b) => compare(a.day, b.day) || compare(a.kind, b.kind))
    },

    async firstTombstoneEnd() {
      const [[row] = []] = await batch(read`SELECT MIN(until) AS until FROM tombstones`)
      return row?.until == null ? undefined : Number(row.until)
    },

    async dropOldTombstones(time) {
      await batch(sql`DELETE FROM tombstones WHERE until <= ${time}`)
    },
  } satisfies Partial<Store>
}

/** Deletes all that holds an installation's id, and has the counts of its days made anew. */
export function eraseInstallation(engine: Engine, telemetryId: string): Statement[] {
  return [
    sql`UPDATE days SET version = version + 1
        WHERE forgotten = 0 AND day IN (SELECT day FROM events WHERE ${isOf(telemetryId)})`,
    erase`DELETE FROM events WHERE ${isOf(telemetryId)}`,
    ...limitTables(engine).map(
      (table) => erase`DELETE FROM ${table} WHERE subject = ${subjectOf(telemetryId)}`,
    ),
  ]
}

/** Of an installation. All days are named, for SQLite's index of events begins with the day. */
function isOf(telemetryId: string): Statement {
  return sql`day IN (SELECT day FROM days) AND telemetry_id = ${telemetryId}`
}
