import { dayOf, encodeEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { MS_PER_HOUR } from '../host.ts'
import type { Row } from './driver.ts'
import { hexOf } from './hex.ts'
import { read, type Statement, sql } from './statement.ts'
import type { Added } from './store.ts'

/**
 * Stores an event. A batch cannot look at what an earlier statement of it did, so each one asks the tables: an event is new
 * while it is not in `events`, and within the limit while its installation's count, this event included, is not above it.
 *
 * @param of.limit how many events of one installation are stored in an hour.
 * @returns statements for one batch, whose rows {@link readAdded} reads.
 */
export async function addStatements(
  event: TelemetryEvent,
  { now, limit }: { now: number; limit: number },
): Promise<Statement[]> {
  const { event_id, telemetry_id, timestamp } = event
  const day = dayOf(timestamp)
  const subject = subjectOf(telemetry_id)
  const tombstone = sql`FROM tombstones WHERE id_hash = ${await hashOf(telemetry_id)} AND until > ${now}`
  const isNotSuppressed = sql`NOT EXISTS (SELECT 1 ${tombstone})`
  const known = sql`FROM events WHERE day = ${day} AND event_id = ${event_id}`
  const isWithinLimit = sql`(SELECT n FROM quota WHERE subject = ${subject}) <= ${limit}`
  const isWindowOver = sql`quota.window_start <= ${now - MS_PER_HOUR}`
  return [
    sql`INSERT INTO quota (subject, window_start, n)
        SELECT CAST(${subject} AS TEXT), CAST(${now} AS BIGINT), 1
        WHERE NOT EXISTS (SELECT 1 ${known}) AND ${isNotSuppressed}
        ON CONFLICT (subject) DO UPDATE SET
          n = CASE WHEN ${isWindowOver} THEN 1 ELSE quota.n + 1 END,
          window_start = CASE WHEN ${isWindowOver} THEN excluded.window_start ELSE quota.window_start END`,
    sql`UPDATE days SET version = version + 1
        WHERE day = ${day} AND NOT EXISTS (SELECT 1 ${known}) AND ${isWithinLimit} AND ${isNotSuppressed}`,
    sql`INSERT INTO events (event_id, telemetry_id, day, body)
        SELECT CAST(${event_id} AS TEXT), CAST(${telemetry_id} AS TEXT), CAST(${day} AS TEXT),
          CAST(${encodeEvent(event)} AS TEXT)
        WHERE ${isWithinLimit} AND (SELECT forgotten FROM days WHERE day = ${day}) = 0 AND ${isNotSuppressed}
        ON CONFLICT DO NOTHING RETURNING event_id`,
    read`SELECT (SELECT COUNT(*) ${known}) AS known,
           (SELECT COUNT(*) FROM days WHERE day = ${day} AND forgotten = 1) AS forgotten,
           (SELECT COUNT(*) ${tombstone}) AS suppressed,
           (SELECT window_start FROM quota WHERE subject = ${subject}) AS window_start`,
  ]
}

/** What became of an event, from the rows of its {@link addStatements}. */
export function readAdded(rows: Row[][], now: number): Added {
  const [, , inserted, asked] = rows
  const found = asked?.[0]
  if (inserted?.length) return { outcome: 'stored' }
  if (Number(found?.suppressed) > 0) return { outcome: 'suppressed' }
  if (Number(found?.known) > 0) return { outcome: 'duplicate' }
  if (Number(found?.forgotten) > 0) return { outcome: 'forgotten' }
  const windowEndsAt = Number(found?.window_start) + MS_PER_HOUR
  return { outcome: 'limited', retryAfterSeconds: Math.ceil((windowEndsAt - now) / 1000) }
}

/** What an installation's limit is counted under. */
export function subjectOf(telemetryId: string): string {
  return `id:${telemetryId}`
}

/** What stands for an id in its tombstone: SHA-256, 64 hex digits. The id cannot be had back, for it is as good as random. */
export async function hashOf(telemetryId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(telemetryId))
  return hexOf(new Uint8Array(digest))
}
