import { type Day, dayOf, encodeEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { MS_PER_HOUR } from '../host.ts'
import { hashOf, subjectOf } from './installation.ts'
import { direct, type Row, type Statement } from './statement.ts'

/** By what events are taken. */
export interface AddRules {
  now: number
  /** How many events of one installation are stored in an hour. */
  limit: number
}

/** Events of one commit: at most one of each installation. */
export type Events = readonly TelemetryEvent[]

const ANY_TOMBSTONE = 'SELECT 1 FROM tombstones LIMIT 1'
const TOMBSTONE = 'SELECT 1 FROM tombstones WHERE id_hash = ? AND until > ?'
const OPEN_DAY = 'SELECT 1 FROM days WHERE day = ? AND forgotten = 0'
const LIMITED = 'SELECT 1 FROM quota WHERE subject = ? AND n >= ? AND window_start > ?'
const INSERT =
  'INSERT INTO events (event_id, telemetry_id, day, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'
const COUNT = `INSERT INTO quota (subject, window_start, n) VALUES (?1, ?2, 1) ON CONFLICT (subject) DO UPDATE SET
  n = CASE WHEN window_start <= ?3 THEN 1 ELSE n + 1 END,
  window_start = CASE WHEN window_start <= ?3 THEN ?2 ELSE window_start END`
const CHANGE_DAY = 'UPDATE days SET version = version + ? WHERE day = ?'

/**
 * Stores events as `addInSteps` does, whose three statements each read all of them again. Here each is read once, and what is
 * the same for all of a commit is asked once.
 *
 * @returns a statement whose rows are the installations whose events are stored.
 */
export function addDirectly(events: Events, { now, limit }: AddRules): Statement {
  return direct((prepare) => {
    const stored: Row[] = []
    const storedOn = new Map<Day, number>()
    const isOpen = new Map<Day, boolean>()
    const hourBegan = now - MS_PER_HOUR
    const hasTombstones = prepare(ANY_TOMBSTONE).get() !== undefined
    const limited = prepare(LIMITED)
    const insert = prepare(INSERT)
    const count = prepare(COUNT)
    for (const event of events) {
      const { event_id, telemetry_id, timestamp } = event
      const day = dayOf(timestamp)
      if (!isOpen.has(day)) isOpen.set(day, prepare(OPEN_DAY).get(day) !== undefined)
      if (!isOpen.get(day)) continue
      if (hasTombstones && prepare(TOMBSTONE).get(hashOf(telemetry_id), now)) continue
      const subject = subjectOf(telemetry_id)
      if (limited.get(subject, limit, hourBegan)) continue
      if (insert.run(event_id, telemetry_id, day, encodeEvent(event)).changes === 0) continue
      count.run(subject, now, hourBegan)
      storedOn.set(day, (storedOn.get(day) ?? 0) + 1)
      stored.push({ telemetry_id })
    }
    for (const [day, n] of storedOn) prepare(CHANGE_DAY).run(n, day)
    return stored
  })
}
