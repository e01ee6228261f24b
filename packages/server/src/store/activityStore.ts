import type { Day } from '@voicemode-telemetry/protocol'
import { ACTIVITY_FIELDS } from '@voicemode-telemetry/protocol/wire/charts'
import { firstCountableDay } from '../counts/activity.ts'
import { EVERYONE } from '../counts/segments.ts'
import type { CountOptions } from './countStore.ts'
import type { Row } from './driver.ts'
import { list, read, sql } from './statement.ts'
import type { ActivityVersion, Store } from './store.ts'

/** More than the 24 events a day that one installation may have on all days that are kept. */
const ACTIVE_DAYS_PER_PAGE = 10_000

const READ_ACTIVITY = read`SELECT aggregated, revision, (SELECT SUM(version) FROM days) AS version,
    (SELECT MAX(day) FROM days WHERE forgotten = 1 AND version > 0) AS last_forgotten
  FROM activity`

/** Reads the days on which installations were active, and replaces what is counted of that. */
export function createActivityStore({
  batch,
  nextTurn,
  replaceCounts,
}: CountOptions): Pick<Store, 'activityToAggregate' | 'activeDays' | 'writeActivity'> {
  return {
    async activityToAggregate(): Promise<ActivityVersion | undefined> {
      const [[found] = []] = await batch(READ_ACTIVITY)
      if (!found || Number(found.aggregated) >= Number(found.version)) return undefined
      return { version: Number(found.version), lastForgotten: readLastForgotten(found) }
    },

    async *activeDays() {
      let last = ''
      while (true) {
        const [rows = []] = await batch(
          // The limit is inside, for PostgreSQL may otherwise group all events before it takes the first of them.
          read`SELECT telemetry_id, string_agg(day, ',') AS days FROM
                 (SELECT telemetry_id, day FROM events WHERE telemetry_id > ${last}
                  ORDER BY telemetry_id LIMIT ${ACTIVE_DAYS_PER_PAGE}) AS page
               GROUP BY telemetry_id ORDER BY telemetry_id`,
        )
        const installations = rows.map((row) => String(row.days).split(','))
        const isFull = installations.reduce((sum, days) => sum + days.length, 0) === ACTIVE_DAYS_PER_PAGE
        // A full page may end among the days of its last installation, with which the next begins anew.
        if (isFull) installations.pop()
        yield* installations
        if (!isFull) return
        last = String(rows.at(-2)?.telemetry_id)
        await nextTurn()
      }
    },

    writeActivity: ({ version, lastForgotten }, counts) =>
      replaceCounts({
        state: READ_ACTIVITY,
        present: read`SELECT segment, day, field, value, n FROM counts
          WHERE segment = ${EVERYONE} AND day >= ${firstCountableDay(lastForgotten)}
            AND field IN (${list(ACTIVITY_FIELDS)})`,
        wanted: counts.map((count) => ({ ...count, segment: EVERYONE })),
        claim(found, revision) {
          if (Number(found.aggregated) >= version || readLastForgotten(found) !== lastForgotten)
            return undefined
          const take = sql`UPDATE activity SET aggregated = ${version}, revision = ${revision}
            WHERE revision = ${String(found.revision)} AND aggregated < ${version} RETURNING id`
          return { take, holds: sql`EXISTS (SELECT 1 FROM activity WHERE revision = ${revision})` }
        },
      }),
  }
}

function readLastForgotten({ last_forgotten }: Row): Day | undefined {
  return last_forgotten === null ? undefined : String(last_forgotten)
}
