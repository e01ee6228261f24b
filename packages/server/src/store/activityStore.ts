import type { Day } from '@voicemode-telemetry/protocol'
import { ACTIVITY_FIELDS } from '@voicemode-telemetry/protocol/wire/charts'
import { firstCountableDay } from '../counts/activity.ts'
import { EVERYONE } from '../counts/segments.ts'
import type { CountOptions } from './countStore.ts'
import type { Row } from './driver.ts'
import { MAY_BE_DAY } from './readable.ts'
import { list, read, sql } from './statement.ts'
import type { ActivityVersion, Store } from './store.ts'

/** More than the 24 events a day that one installation may have on all days that are kept. */
const ACTIVE_DAYS_PER_PAGE = 10_000
/** What a `telemetry_id` is written with, and what sorts behind all of it. */
const [ID_DIGITS, PAST_EVERY_DIGIT] = ['-0123456789abcdef', '~']

const READ_ACTIVITY = read`SELECT aggregated, revision, (SELECT SUM(version) FROM days) AS version,
    (SELECT MAX(day) FROM days WHERE forgotten = 1 AND version > 0 AND day ${MAY_BE_DAY}) AS last_forgotten
  FROM activity`

/** Reads the days on which installations were active, and replaces what is counted of that. */
export function createActivityStore({
  batch,
  giveWay,
  replaceCounts,
}: CountOptions): Pick<Store, 'activityToAggregate' | 'activeDays' | 'writeActivity'> {
  return {
    async activityToAggregate(): Promise<ActivityVersion | undefined> {
      const [[found] = []] = await batch(READ_ACTIVITY)
      if (!found || Number(found.aggregated) >= Number(found.version)) return undefined
      return { version: Number(found.version), lastForgotten: readLastForgotten(found) }
    },

    async *activeDays() {
      const prefixes = ['']
      while (prefixes.length > 0) {
        const prefix = prefixes.pop() ?? ''
        const [rows = []] = await batch(
          // All days are named, for SQLite's index of events begins with the day.
          read`SELECT string_agg(day, ',') AS days, COUNT(*) AS n FROM
                 (SELECT telemetry_id, day FROM events
                  WHERE day IN (SELECT day FROM days WHERE day ${MAY_BE_DAY}) AND telemetry_id >= ${prefix} AND telemetry_id < ${prefix + PAST_EVERY_DIGIT}
                  LIMIT ${ACTIVE_DAYS_PER_PAGE + 1}) AS page
               GROUP BY telemetry_id`,
        )
        const found = rows.reduce((sum, { n }) => sum + Number(n), 0)
        if (found > ACTIVE_DAYS_PER_PAGE) prefixes.push(...Array.from(ID_DIGITS, (digit) => prefix + digit))
        else yield* rows.map(({ days }) => String(days).split(','))
        await giveWay()
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
