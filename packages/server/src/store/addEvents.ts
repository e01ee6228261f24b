import { dayOf, encodeEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { MS_PER_HOUR } from '../host.ts'
import {
  type Adding,
  type AddRules,
  createDirectAdding,
  DIRECT_STATEMENTS,
  type Events,
} from './addDirectly.ts'
import type { Batch, Driver, Row } from './driver.ts'
import { hashOf, SUBJECT_PREFIX } from './installation.ts'
import { dropStale } from './limitLog.ts'
import { raw, read, type Statement, sql, whole } from './statement.ts'
import type { Added } from './store.ts'
import { openDay } from './tables.ts'

/** Stands between events where several are told in one text. */
const SEPARATOR = '\u001E'

/** What an installation's limit is counted under, see `subjectOf`. */
const SUBJECT = raw(`'${SUBJECT_PREFIX}' || given.telemetry_id`)

export function createAdding(engine: Driver['engine'], batch: Batch): Adding {
  if (engine === 'sqlite') return createDirectAdding(batch)
  const add: Adding['add'] = async (events, rules) => {
    const stored = new Set(
      (await batch(...addInSets(engine, events, rules))).at(-1)?.map((row) => row.telemetry_id),
    )
    const refused = events.filter(({ telemetry_id }) => !stored.has(telemetry_id))
    const reasons = refused.length > 0 ? await batch(...askRefused(refused, rules)) : []
    return events.map((event) => {
      if (stored.has(event.telemetry_id)) return { outcome: 'stored' }
      return readRefused(event, reasons[refused.indexOf(event)]?.[0], rules)
    })
  }
  return { add, dropStaleLimits: async (now) => void (await batch(dropStale('quota', now))) }
}

/** Changes nothing, and needs the same tables, and the same rights to them, as to store an event. */
export function tryStatements(engine: Driver['engine'], rules: AddRules): Statement[] {
  const adding = engine === 'sqlite' ? DIRECT_STATEMENTS : addInSets(engine, [], rules)
  return [sql`INSERT INTO days SELECT * FROM days WHERE 1 = 0`, ...adding]
}

/** @returns statements of which the last one's rows are the installations whose events are stored. */
function addInSets(engine: Driver['engine'], events: Events, rules: AddRules): Statement[] {
  return engine === 'postgres' ? [addAtOnce(events, rules)] : addInSteps(events, rules)
}

/**
 * Stores events in three statements. A batch cannot look at what an earlier statement of it did, so each
 * one asks the tables: an event is new while it is not in `events`, and within the limit while its installation's count, this
 * event included, is not above it.
 */
function addInSteps(events: Events, { now, limit }: AddRules): Statement[] {
  const given = givenRows(events, keysOf)
  const isNew = sql`NOT EXISTS (SELECT 1 FROM events WHERE day = given.day AND telemetry_id = given.telemetry_id AND event_id = given.event_id)`
  const isNotSuppressed = sql`NOT EXISTS (SELECT 1 FROM tombstones WHERE id_hash = given.id_hash AND until > ${now})`
  const isKept = sql`(SELECT forgotten FROM days WHERE day = given.day) = 0`
  const isWithinLimit = sql`(SELECT n FROM quota WHERE subject = ${SUBJECT}) <= ${limit}`
  const days = [...new Set(events.map(({ timestamp }) => dayOf(timestamp)))]
  return [
    ...days.map(openDay),
    sql`INSERT INTO quota (subject, window_start, n)
        SELECT ${SUBJECT}, ${now}, 1 FROM ${given} WHERE ${isNew} AND ${isKept} AND ${isNotSuppressed}
        ${countOneMore(now)}`,
    sql`UPDATE days SET version = version +
          (SELECT COUNT(*) FROM ${given} WHERE given.day = days.day AND ${isNew} AND ${isWithinLimit} AND ${isNotSuppressed})
        WHERE forgotten = 0 AND day IN (SELECT day FROM ${given})`,
    sql`INSERT INTO events (event_id, telemetry_id, day, body)
        SELECT event_id, telemetry_id, day, body FROM ${givenRows(events, (event) => [...keysOf(event), encodeEvent(event)])}
        WHERE ${isWithinLimit} AND ${isKept} AND ${isNotSuppressed}
        ON CONFLICT DO NOTHING RETURNING telemetry_id`,
  ]
}

/** As {@link addInSteps}, for a database in which a function does it, see `ADD_EVENTS`. It opens their days too. */
function addAtOnce(events: Events, { now, limit }: AddRules): Statement {
  const keys = events.map(keysOf)
  const column = (n: number) => keys.map((key) => key[n]).join(SEPARATOR)
  const bodies = events.map(encodeEvent).join(SEPARATOR)
  const [eventIds, telemetryIds, days, hashes] = [column(0), column(1), column(2), column(3)]
  return whole`SELECT add_events(${eventIds}, ${telemetryIds}, ${days}, ${hashes}, ${bodies}, ${now}, ${limit}) AS telemetry_id`
}

/** Asks why events were not stored, after the commit that did not store them. One row for each, which {@link readRefused} reads. */
function askRefused(events: Events, { now }: AddRules): Statement[] {
  return events.map(({ event_id, telemetry_id, timestamp }) => {
    const day = dayOf(timestamp)
    return read`SELECT (SELECT body FROM events WHERE day = ${day} AND telemetry_id = ${telemetry_id} AND event_id = ${event_id}) AS known,
      (SELECT COUNT(*) FROM days WHERE day = ${day} AND forgotten = 1) AS forgotten,
      (SELECT COUNT(*) FROM tombstones WHERE id_hash = ${hashOf(telemetry_id)} AND until > ${now}) AS suppressed,
      (SELECT window_start FROM quota WHERE subject = ${SUBJECT_PREFIX + telemetry_id}) AS window_start`
  })
}

function readRefused(event: TelemetryEvent, found: Row | undefined, { now }: AddRules): Added {
  if (Number(found?.suppressed) > 0) return { outcome: 'suppressed' }
  if (typeof found?.known === 'string') {
    return { outcome: found.known === encodeEvent(event) ? 'duplicate' : 'conflicting' }
  }
  if (Number(found?.forgotten) > 0) return { outcome: 'forgotten' }
  // An hour that ended meanwhile has ended: it is tried again at once.
  const windowEndsAt = Number(found?.window_start ?? 0) + MS_PER_HOUR
  return { outcome: 'limited', retryAfterSeconds: Math.max(1, Math.ceil((windowEndsAt - now) / 1000)) }
}

function keysOf({ event_id, telemetry_id, timestamp }: TelemetryEvent): string[] {
  return [event_id, telemetry_id, dayOf(timestamp), hashOf(telemetry_id)]
}

/** Events as the rows of a table named `given`. */
function givenRows(events: Events, rowOf: (event: TelemetryEvent) => string[]): Statement {
  return sql`(SELECT value ->> 0 AS event_id, value ->> 1 AS telemetry_id, value ->> 2 AS day, value ->> 3 AS id_hash,
    value ->> 4 AS body FROM json_each(${JSON.stringify(events.map(rowOf))})) AS given`
}

function countOneMore(now: number): Statement {
  const isWindowOver = sql`quota.window_start <= ${now - MS_PER_HOUR}`
  return sql`ON CONFLICT (subject) DO UPDATE SET
    n = CASE WHEN ${isWindowOver} THEN 1 ELSE quota.n + 1 END,
    window_start = CASE WHEN ${isWindowOver} THEN excluded.window_start ELSE quota.window_start END`
}
