import {
  type Day,
  dayAt,
  dayOf,
  encodeEvent,
  MS_PER_DAY,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { ACTIVITY_FIELDS, firstCountableDay } from '../counts/activity.ts'
import type { Count, SegmentCount } from '../counts/counts.ts'
import { EVERYONE } from '../counts/segments.ts'
import { type Host, MS_PER_HOUR } from '../host.ts'
import type { Driver, Row, SqlValue, Statement } from './driver.ts'
import { createReportStore } from './reportStore.ts'
import { type Added, type DayVersion, GRAVE_DAYS, type Store, StoreUnavailable } from './store.ts'

const MAX_EVENTS_PER_COMMIT = 200
const REVISION_BYTES = 16
const EVENTS_PER_PAGE = 500
/** More than the 24 events a day that one installation may have on all days that are kept. */
const ACTIVE_DAYS_PER_PAGE = 10_000
/** D1 takes 100 parameters in a statement, of which a count has up to 5. */
const COUNTS_PER_STATEMENT = 19

export interface SqlStoreOptions {
  /** A database that `migrate` has brought up to date. */
  driver: Driver
  host: Pick<Host, 'now' | 'nextTurn' | 'randomBytes'>
  /** How many events of one `telemetry_id` are stored in an hour. */
  eventsPerIdPerHour: number
}

/**
 * The store over any SQL database that can run a batch atomically. Events that arrive together are committed together:
 * what comes while a commit is under way shares the next.
 */
export function createSqlStore({ driver, host, eventsPerIdPerHour }: SqlStoreOptions): Store {
  const { now } = host
  const waiting: {
    event: TelemetryEvent
    resolve: (added: Added) => void
    reject: (error: Error) => void
  }[] = []
  let committing: Promise<void> | undefined
  let closed = false

  async function batch(...statements: Statement[]): Promise<Row[][]> {
    try {
      return await driver.batch(statements)
    } catch (error) {
      throw new StoreUnavailable(error)
    }
  }

  async function commitWaiting(): Promise<void> {
    while (waiting.length > 0) {
      await host.nextTurn()
      const group = waiting.splice(0, MAX_EVENTS_PER_COMMIT)
      try {
        const addedAt = now()
        const adding = await Promise.all(
          group.map(({ event }) => addStatements(event, addedAt, eventsPerIdPerHour)),
        )
        const days = [...new Set(group.map(({ event }) => dayOf(event.timestamp)))].map(openDay)
        const rows = await batch(...days, ...adding.flat())
        let first = days.length
        for (const [n, { resolve }] of group.entries()) {
          const length = adding[n]?.length ?? 0
          resolve(readAdded(rows.slice(first, first + length), addedAt))
          first += length
        }
      } catch (error) {
        for (const { reject } of group) reject(error as Error)
      }
    }
    committing = undefined
  }

  /**
   * Brings counts to what is wanted by writing what differs. What it differs from has to be what is there when it is
   * written, so a claim comes first in the batch, under the mark that was read with it; where another fold came between,
   * all is read again.
   *
   * @param of.state reads the row that is claimed, and `of.present` the counts that are to be replaced.
   * @param of.claim how to claim what was found and what to do besides; undefined where that is over.
   */
  async function replaceCounts(of: {
    state: Statement
    present: Statement
    wanted: StoredCount[]
    claim: (found: Row, fold: string) => Claim | undefined
  }): Promise<'written' | 'outdated'> {
    while (true) {
      const [[found] = [], present = []] = await batch(of.state, of.present)
      const claim = found && of.claim(found, hexOf(host.randomBytes(REVISION_BYTES)))
      if (!claim) return 'outdated'
      const changes = changeStatements(present.map(readStoredCount), of.wanted, claim.holds)
      const [claimed] = await batch(claim.take, ...changes, ...(claim.also ?? []))
      if (claimed?.length) return 'written'
    }
  }

  const replaceDay = (
    day: Day,
    counts: SegmentCount[],
    claim: (found: Row, fold: string) => Claim | undefined,
  ) =>
    replaceCounts({
      state: statement('SELECT version, folded, forgotten, fold FROM days WHERE day = ?', day),
      present: statement(
        `SELECT segment, day, field, value, n FROM counts
         WHERE day = ? AND field NOT IN (${ACTIVITY_FIELDS.map(() => '?').join(', ')})`,
        day,
        ...ACTIVITY_FIELDS,
      ),
      wanted: counts.map((count) => ({ ...count, day })),
      claim,
    })

  return {
    add(event) {
      if (closed) return Promise.reject(new StoreUnavailable(new Error('closed')))
      const added = new Promise<Added>((resolve, reject) => waiting.push({ event, resolve, reject }))
      committing ??= commitWaiting()
      return added
    },

    async counts(from, to, { segment = EVERYONE, field } = {}) {
      const ofField = field === undefined ? [] : [field]
      const [rows = []] = await batch(
        statement(
          `SELECT day, field, value, n FROM counts
           WHERE segment = ? AND day >= ? AND day <= ? ${ofField.map(() => 'AND field = ?').join('')}`,
          segment,
          from,
          to,
          ...ofField,
        ),
      )
      // Sorted here, for engines differ in how they order words. Copying so many rows would take longer than reading them.
      return (rows as unknown as Count[]).sort(
        (a, b) => compare(a.day, b.day) || compare(a.field, b.field) || compare(a.value, b.value),
      )
    },

    async segmentSums(from, to, { field, value }) {
      const [rows = []] = await batch(
        statement(
          // Day by day, for only so an index leads to the rows of one field in all segments.
          `SELECT segment, SUM(CASE WHEN value = ? THEN n ELSE 0 END) AS n, SUM(n) AS of_n
           FROM days CROSS JOIN counts
           WHERE days.day >= ? AND days.day <= ? AND counts.day = days.day AND field = ? AND segment <> ?
           GROUP BY segment`,
          value,
          from,
          to,
          field,
          EVERYONE,
        ),
      )
      return rows.map((row) => ({ segment: String(row.segment), n: Number(row.n), of: Number(row.of_n) }))
    },

    async unfoldedDays() {
      const [rows = []] = await batch(
        statement('SELECT day, version FROM days WHERE folded < version AND forgotten = 0 ORDER BY day'),
      )
      return rows.map(readDayVersion)
    },

    async rawDaysBefore(day) {
      const [rows = []] = await batch(
        statement('SELECT day, version FROM days WHERE day < ? AND forgotten = 0 ORDER BY day', day),
      )
      return rows.map(readDayVersion)
    },

    async *eventsOf(day) {
      let last = ['', '']
      while (true) {
        const [rows = []] = await batch(
          statement(
            `SELECT telemetry_id, event_id, body FROM events
             WHERE day = ? AND (telemetry_id, event_id) > (?, ?) ORDER BY telemetry_id, event_id LIMIT ?`,
            day,
            ...last,
            EVENTS_PER_PAGE,
          ),
        )
        for (const row of rows) yield JSON.parse(String(row.body)) as TelemetryEvent
        const end = rows.at(-1)
        if (!end || rows.length < EVENTS_PER_PAGE) return
        await host.nextTurn()
        last = [String(end.telemetry_id), String(end.event_id)]
      }
    },

    writeCounts: ({ day, version }, counts) =>
      replaceDay(day, counts, (found, fold) => {
        if (Number(found.forgotten) > 0 || Number(found.folded) >= version) return undefined
        const take = statement(
          `UPDATE days SET folded = ?, fold = ? WHERE day = ? AND fold = ? AND folded < ? AND forgotten = 0
           RETURNING day`,
          version,
          fold,
          day,
          String(found.fold),
          version,
        )
        return { take, holds: dayHasMark(day, fold) }
      }),

    async unfoldedActivity() {
      const [[found] = []] = await batch(READ_ACTIVITY)
      if (!found || Number(found.folded) >= Number(found.version)) return undefined
      return { version: Number(found.version), lastForgotten: readLastForgotten(found) }
    },

    async *activeDays() {
      let last = ''
      while (true) {
        const [rows = []] = await batch(
          statement(
            // The limit is inside, for PostgreSQL may otherwise group all events before it takes the first of them.
            `SELECT telemetry_id, string_agg(day, ',') AS days FROM
               (SELECT telemetry_id, day FROM events WHERE telemetry_id > ? ORDER BY telemetry_id LIMIT ?) AS page
             GROUP BY telemetry_id ORDER BY telemetry_id`,
            last,
            ACTIVE_DAYS_PER_PAGE,
          ),
        )
        const installations = rows.map((row) => String(row.days).split(','))
        const isFull = installations.reduce((sum, days) => sum + days.length, 0) === ACTIVE_DAYS_PER_PAGE
        // A full page may end among the days of its last installation, with which the next begins anew.
        if (isFull) installations.pop()
        yield* installations
        if (!isFull) return
        await host.nextTurn()
        last = String(rows.at(-2)?.telemetry_id)
      }
    },

    writeActivity: ({ version, lastForgotten }, counts) =>
      replaceCounts({
        state: READ_ACTIVITY,
        present: statement(
          `SELECT segment, day, field, value, n FROM counts
           WHERE segment = ? AND day >= ? AND field IN (${ACTIVITY_FIELDS.map(() => '?').join(', ')})`,
          EVERYONE,
          firstCountableDay(lastForgotten),
          ...ACTIVITY_FIELDS,
        ),
        wanted: counts.map((count) => ({ ...count, segment: EVERYONE })),
        claim(found, fold) {
          if (Number(found.folded) >= version || readLastForgotten(found) !== lastForgotten) return undefined
          const take = statement(
            'UPDATE activity SET folded = ?, fold = ? WHERE fold = ? AND folded < ? RETURNING id',
            version,
            fold,
            String(found.fold),
            version,
          )
          return { take, holds: statement('EXISTS (SELECT 1 FROM activity WHERE fold = ?)', fold) }
        },
      }),

    forget: ({ day, version }, counts) =>
      replaceDay(day, counts, (found, fold) => {
        if (Number(found.forgotten) > 0 || Number(found.version) !== version) return undefined
        const holds = dayHasMark(day, fold)
        const take = statement(
          `UPDATE days SET folded = ?, fold = ?, forgotten = 1
           WHERE day = ? AND fold = ? AND version = ? AND forgotten = 0 RETURNING day`,
          version,
          fold,
          day,
          String(found.fold),
          version,
        )
        const also = [
          statement(`DELETE FROM events WHERE day = ? AND ${holds.sql}`, day, ...holds.params),
          // Whoever is counting activity of events of which some are gone now must not write it.
          statement(`UPDATE activity SET fold = ? WHERE ${holds.sql}`, fold, ...holds.params),
        ]
        return { take, holds, also }
      }),

    async exportInstallation(telemetryId) {
      const [, rows = []] = await batch(
        countRight('rights.export', now()),
        statement('SELECT body FROM events WHERE telemetry_id = ?', telemetryId),
      )
      return rows
        .map((row) => JSON.parse(String(row.body)) as TelemetryEvent)
        .sort((a, b) => compare(a.timestamp, b.timestamp))
    },

    async deleteInstallation(telemetryId) {
      const subject = subjectOf(telemetryId)
      await batch(
        // Where transactions run side by side, an event of this installation waits here, or this waits for it.
        statement(
          `INSERT INTO quota (subject, window_start, n) VALUES (?, ?, 0)
           ON CONFLICT (subject) DO UPDATE SET n = quota.n`,
          subject,
          now(),
        ),
        statement(
          `INSERT INTO graves (id_hash, until) VALUES (?, ?)
           ON CONFLICT (id_hash) DO UPDATE SET until = excluded.until`,
          await hashOf(telemetryId),
          now() + GRAVE_DAYS * MS_PER_DAY,
        ),
        statement(
          `UPDATE days SET version = version + 1
           WHERE forgotten = 0 AND day IN (SELECT day FROM events WHERE telemetry_id = ?)`,
          telemetryId,
        ),
        statement('DELETE FROM events WHERE telemetry_id = ?', telemetryId),
        statement('DELETE FROM quota WHERE subject = ?', subject),
        countRight('rights.delete', now()),
      )
    },

    async rightsAnswered(from, to) {
      const [rows = []] = await batch(
        statement('SELECT day, field, n FROM rights WHERE day >= ? AND day <= ?', from, to),
      )
      return rows
        .map((row) => ({ day: String(row.day), field: String(row.field), value: '', n: Number(row.n) }))
        .sort((a, b) => compare(a.day, b.day) || compare(a.field, b.field))
    },

    ...createReportStore(batch),

    async dropOldGraves() {
      await batch(statement('DELETE FROM graves WHERE until <= ?', now()))
    },

    async dropStaleLimits() {
      await batch(statement('DELETE FROM quota WHERE window_start <= ?', now() - MS_PER_HOUR))
    },

    async check() {
      await batch(statement('SELECT COUNT(*) AS n FROM migrations'))
    },

    async close() {
      closed = true
      await committing
      await driver.close()
    },
  }
}

/** Holds while the installation of that hash has no grave. */
const NOT_BURIED = 'NOT EXISTS (SELECT 1 FROM graves WHERE id_hash = ? AND until > ?)'

/** How a batch makes sure that nobody else replaces the same counts. */
interface Claim {
  /** Its first statement, which puts the mark of this fold where that of the one before was; tells of a row if it could. */
  take: Statement
  /** The condition, for each other statement, that it could. */
  holds: Statement
  also?: Statement[]
}

function dayHasMark(day: Day, fold: string): Statement {
  return statement('EXISTS (SELECT 1 FROM days WHERE day = ? AND fold = ?)', day, fold)
}

const READ_ACTIVITY = statement(
  `SELECT folded, fold, (SELECT SUM(version) FROM days) AS version,
     (SELECT MAX(day) FROM days WHERE forgotten = 1) AS last_forgotten
   FROM activity`,
)

function readLastForgotten({ last_forgotten }: Row): Day | undefined {
  return last_forgotten === null ? undefined : String(last_forgotten)
}

/** Makes a day known. By itself, for PostgreSQL then makes the table of that day's events, which nothing may be reading. */
function openDay(day: string): Statement {
  return statement(
    `INSERT INTO days (day, version, folded, forgotten, fold) VALUES (?, 0, 0, 0, '') ON CONFLICT DO NOTHING`,
    day,
  )
}

/**
 * A batch cannot look at what an earlier statement of it did, so each one asks the tables: an event is new while it is not
 * in `events`, and within the limit while its installation's count, this event included, is not above it.
 */
async function addStatements(event: TelemetryEvent, now: number, limit: number): Promise<Statement[]> {
  const { event_id, telemetry_id, timestamp } = event
  const day = dayOf(timestamp)
  const subject = subjectOf(telemetry_id)
  const idHash = await hashOf(telemetry_id)
  const windowsOver = now - MS_PER_HOUR
  return [
    statement(
      `INSERT INTO quota (subject, window_start, n)
       SELECT CAST(? AS TEXT), CAST(? AS BIGINT), 1
       WHERE NOT EXISTS (SELECT 1 FROM events WHERE day = ? AND event_id = ?) AND ${NOT_BURIED}
       ON CONFLICT (subject) DO UPDATE SET
         n = CASE WHEN quota.window_start <= ? THEN 1 ELSE quota.n + 1 END,
         window_start = CASE WHEN quota.window_start <= ? THEN excluded.window_start ELSE quota.window_start END`,
      subject,
      now,
      day,
      event_id,
      idHash,
      now,
      windowsOver,
      windowsOver,
    ),
    statement(
      `UPDATE days SET version = version + 1
       WHERE day = ? AND NOT EXISTS (SELECT 1 FROM events WHERE day = ? AND event_id = ?)
         AND (SELECT n FROM quota WHERE subject = ?) <= ? AND ${NOT_BURIED}`,
      day,
      day,
      event_id,
      subject,
      limit,
      idHash,
      now,
    ),
    statement(
      `INSERT INTO events (event_id, telemetry_id, day, body)
       SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT)
       WHERE (SELECT n FROM quota WHERE subject = ?) <= ? AND (SELECT forgotten FROM days WHERE day = ?) = 0
         AND ${NOT_BURIED}
       ON CONFLICT DO NOTHING RETURNING event_id`,
      event_id,
      telemetry_id,
      day,
      encodeEvent(event),
      subject,
      limit,
      day,
      idHash,
      now,
    ),
    statement(
      `SELECT (SELECT COUNT(*) FROM events WHERE day = ? AND event_id = ?) AS known,
         (SELECT COUNT(*) FROM days WHERE day = ? AND forgotten = 1) AS forgotten,
         (SELECT COUNT(*) FROM graves WHERE id_hash = ? AND until > ?) AS buried,
         (SELECT window_start FROM quota WHERE subject = ?) AS window_start`,
      day,
      event_id,
      day,
      idHash,
      now,
      subject,
    ),
  ]
}

function readAdded(rows: Row[][], now: number): Added {
  const [, , inserted, asked] = rows
  const found = asked?.[0]
  if (inserted?.length) return { outcome: 'stored' }
  if (Number(found?.buried) > 0) return { outcome: 'buried' }
  if (Number(found?.known) > 0) return { outcome: 'duplicate' }
  if (Number(found?.forgotten) > 0) return { outcome: 'forgotten' }
  const windowEndsAt = Number(found?.window_start) + MS_PER_HOUR
  return { outcome: 'limited', retryAfterSeconds: Math.ceil((windowEndsAt - now) / 1000) }
}

/** One more answered request of that day. */
function countRight(field: 'rights.export' | 'rights.delete', now: number): Statement {
  return statement(
    `INSERT INTO rights (day, field, n) VALUES (?, ?, 1) ON CONFLICT (day, field) DO UPDATE SET n = rights.n + 1`,
    dayAt(now),
    field,
  )
}

/** What an installation's limit is counted under. */
function subjectOf(telemetryId: string): string {
  return `id:${telemetryId}`
}

/** What stands for an id in its grave: SHA-256, 64 hex digits. The id cannot be had back, for it is as good as random. */
export async function hashOf(telemetryId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(telemetryId))
  return hexOf(new Uint8Array(digest))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A row of the table of counts. */
type StoredCount = SegmentCount & { day: Day }

/** What makes of the counts that are there those that are wanted, if a claim holds. */
function changeStatements(
  present: readonly StoredCount[],
  wanted: readonly StoredCount[],
  claim: Statement,
): Statement[] {
  const keyOf = ({ segment, day, field, value }: StoredCount) => `${segment} ${day} ${field} ${value}`
  const before = new Map(present.map((count) => [keyOf(count), count.n]))
  const after = new Set(wanted.map(keyOf))
  const gone = present.filter((count) => !after.has(keyOf(count)))
  const changed = wanted.filter((count) => before.get(keyOf(count)) !== count.n)
  return [
    ...inGroups(gone).map((group) =>
      statement(
        `DELETE FROM counts WHERE (segment, day, field, value) IN (VALUES ${group.map(() => '(?, ?, ?, ?)').join(', ')})
         AND ${claim.sql}`,
        ...group.flatMap(({ segment, day, field, value }) => [segment, day, field, value]),
        ...claim.params,
      ),
    ),
    ...inGroups(changed).map((group) =>
      statement(
        `INSERT INTO counts (segment, day, field, value, n)
         SELECT column1, column2, column3, column4, column5 FROM (VALUES ${group.map(() => COUNT_VALUES).join(', ')}) AS given
         WHERE ${claim.sql}
         ON CONFLICT (segment, day, field, value) DO UPDATE SET n = excluded.n`,
        ...group.flatMap(({ segment, day, field, value, n }) => [segment, day, field, value, n]),
        ...claim.params,
      ),
    ),
  ]
}

const COUNT_VALUES = '(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT))'

function inGroups(counts: readonly StoredCount[]): StoredCount[][] {
  return Array.from({ length: Math.ceil(counts.length / COUNTS_PER_STATEMENT) }, (_, n) =>
    counts.slice(n * COUNTS_PER_STATEMENT, (n + 1) * COUNTS_PER_STATEMENT),
  )
}

function readStoredCount(row: Row): StoredCount {
  return {
    segment: String(row.segment),
    day: String(row.day),
    field: String(row.field),
    value: String(row.value),
    n: Number(row.n),
  }
}

function readDayVersion(row: Row): DayVersion {
  return { day: String(row.day), version: Number(row.version) }
}

function statement(sql: string, ...params: SqlValue[]): Statement {
  return { sql, params }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
