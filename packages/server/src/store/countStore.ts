import { type Day, isDay } from '@voicemode-telemetry/protocol'
import {
  ACTIVITY_FIELDS,
  SEGMENT_FIELDS,
  UNREADABLE_FIELD,
  wholeOf,
} from '@voicemode-telemetry/protocol/wire/charts'
import type { Count, SegmentCount } from '../counts/counts.ts'
import { EVERYONE, readSegment } from '../counts/segments.ts'
import type { Host } from '../host.ts'
import type { Batch, Row } from './driver.ts'
import { MAY_BE_DAY } from './readable.ts'
import type { Claim, ReplaceCounts } from './replaceCounts.ts'
import { SET_UP } from './reportStore.ts'
import { erase, list, read, type Statement, sql } from './statement.ts'
import type { DayVersion, Store } from './store.ts'
import { readStoredEvent } from './storedEvent.ts'

/** An event is some 1 KB. D1 answers with 50 MB at most, and a Worker asks it 1,000 times at most. */
const EVENTS_PER_PAGE = 3_000
/** Counting so many events takes some milliseconds, in which nothing else is answered. */
const EVENTS_PER_TURN = 1_000

export interface CountOptions {
  batch: Batch
  giveWay: Host['giveWay']
  replaceCounts: ReplaceCounts
}

/** Reads and replaces the counts of single days, and reads and forgets their events. */
export function createCountStore(options: CountOptions) {
  return { ...readers(options), ...dayReaders(options), ...writers(options.replaceCounts) }
}

function readers({ batch, giveWay }: CountOptions) {
  return {
    async counts(from, to, { segment = EVERYONE, field } = {}) {
      const ofField = field === undefined ? sql`` : sql`AND field = ${field}`
      const [rows = []] = await batch(
        read`SELECT day, field, value, n FROM counts
             WHERE segment = ${segment} AND day >= ${from} AND day <= ${to} ${ofField}
             ORDER BY day, field, value`,
      )
      // Copying so many rows would take longer than reading them.
      return rows as unknown as Count[]
    },

    async segmentSums(from, to, { field, value }) {
      const whole = wholeOf(field)
      const ofValue = value === undefined ? sql`` : sql`AND value = ${value}`
      const [rows = []] = await batch(
        // Day by day, for only so an index leads to the rows of one field in all segments, and in the order of the inner groups.
        read`SELECT segment, SUM(n) AS n, SUM(of_n) AS of_n FROM
               (SELECT segment, SUM(CASE WHEN field = ${field} ${ofValue} THEN n ELSE 0 END) AS n,
                  SUM(CASE WHEN field = ${whole} THEN n ELSE 0 END) AS of_n
                FROM days CROSS JOIN counts
                WHERE days.day >= ${from} AND days.day <= ${to} AND counts.day = days.day
                  AND field IN (${list([field, whole])}) AND segment <> ${EVERYONE}
                GROUP BY days.day, field, segment) AS of_days
             GROUP BY segment`,
      )
      return rows
        .map((row) => ({ segment: String(row.segment), n: Number(row.n), of: Number(row.of_n) }))
        .filter(({ segment }) => SEGMENT_FIELDS.includes(readSegment(segment).field))
    },

    async firstDay() {
      const [[row] = []] = await batch(
        read`SELECT MIN(day) AS day FROM
               (SELECT MIN(day) AS day FROM days WHERE version > 0 AND day ${MAY_BE_DAY}
                UNION ALL SELECT MIN(day) FROM milestones WHERE name = ${SET_UP} AND day ${MAY_BE_DAY}) AS known`,
      )
      return String(row?.day)
    },

    async *eventsOf(day, onUnreadable = () => {}) {
      let last = ['', '']
      while (true) {
        const [rows = []] = await batch(
          read`SELECT day, telemetry_id, event_id, body FROM events
               WHERE day = ${day} AND (telemetry_id, event_id) > (${list(last)})
               ORDER BY telemetry_id, event_id LIMIT ${EVENTS_PER_PAGE}`,
        )
        let n = 0
        for (const row of rows) {
          if (n++ % EVENTS_PER_TURN === 0) await giveWay()
          const event = readStoredEvent(row)
          if (event) yield event
          else onUnreadable()
        }
        const end = rows.at(-1)
        if (!end || rows.length < EVENTS_PER_PAGE) return
        last = [String(end.telemetry_id), String(end.event_id)]
      }
    },
  } satisfies Partial<Store>
}

function dayReaders({ batch }: CountOptions) {
  return {
    async daysToAggregate() {
      const [rows = []] = await batch(
        read`SELECT day, version FROM days WHERE aggregated < version AND forgotten = 0 ORDER BY day`,
      )
      return rows.map(readDayVersion).filter(({ day }) => isDay(day))
    },

    async rawDaysBefore(day) {
      const [rows = []] = await batch(
        read`SELECT day, version FROM days WHERE day < ${day} AND forgotten = 0 ORDER BY day`,
      )
      return rows.map(readDayVersion).filter((found) => isDay(found.day))
    },

    async unreadableDays() {
      const [rows = []] = await batch(read`SELECT day, version FROM days WHERE forgotten = 0`)
      return rows.map(readDayVersion).filter(({ day }) => !isDay(day))
    },

    async unreadableEvents() {
      const [rows = []] = await batch(
        read`SELECT days.day AS day, n FROM days CROSS JOIN counts
             WHERE forgotten = 0 AND counts.day = days.day AND segment = ${EVERYONE} AND field = ${UNREADABLE_FIELD}
             ORDER BY days.day`,
      )
      return rows.map((row) => ({ day: String(row.day), n: Number(row.n) })).filter(({ day }) => isDay(day))
    },
  } satisfies Partial<Store>
}

function writers(replaceCounts: ReplaceCounts) {
  const replaceDay = (
    day: Day,
    counts: SegmentCount[] | undefined,
    claim: (found: Row, revision: string) => Claim | undefined,
  ) =>
    replaceCounts({
      state: read`SELECT version, aggregated, forgotten, revision FROM days WHERE day = ${day}`,
      present: read`SELECT segment, day, field, value, n FROM counts
                    WHERE day = ${day} AND field NOT IN (${list(ACTIVITY_FIELDS)})`,
      wanted: counts?.map((count) => ({ ...count, day })),
      claim,
    })

  return {
    writeCounts: ({ day, version }, counts) =>
      replaceDay(day, counts, (found, revision) => {
        if (Number(found.forgotten) > 0 || Number(found.aggregated) >= version) return undefined
        const take = sql`UPDATE days SET aggregated = ${version}, revision = ${revision}
          WHERE day = ${day} AND revision = ${String(found.revision)} AND aggregated < ${version} AND forgotten = 0
          RETURNING day`
        return { take, holds: dayIsAt(day, revision) }
      }),

    forget: ({ day, version }, counts) =>
      replaceDay(day, counts, (found, revision) => {
        if (Number(found.forgotten) > 0 || Number(found.version) !== version) return undefined
        const holds = dayIsAt(day, revision)
        const take = sql`UPDATE days SET aggregated = ${version}, revision = ${revision}, forgotten = 1
          WHERE day = ${day} AND revision = ${String(found.revision)} AND version = ${version} AND forgotten = 0
          RETURNING day`
        const also = [
          erase`DELETE FROM events WHERE day = ${day} AND ${holds}`,
          // Whoever is counting activity of events of which some are gone now must not write it.
          sql`UPDATE activity SET revision = ${revision} WHERE ${holds}`,
        ]
        return { take, holds, also }
      }),
  } satisfies Partial<Store>
}

function dayIsAt(day: Day, revision: string): Statement {
  return sql`EXISTS (SELECT 1 FROM days WHERE day = ${day} AND revision = ${revision})`
}

function readDayVersion(row: Row): DayVersion {
  return { day: String(row.day), version: Number(row.version) }
}
