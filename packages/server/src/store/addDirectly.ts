import { type Day, dayOf, encodeEvent, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { MS_PER_HOUR } from '../host.ts'
import type { Batch } from './driver.ts'
import { hashOf } from './installation.ts'
import { createLimitLog, dropStale, LOG_STATEMENTS, lastBegin } from './limitLog.ts'
import { direct, type Prepare, raw, type Statement } from './statement.ts'
import type { Added } from './store.ts'
import { openDay } from './tables.ts'

/** By what events are taken. */
export interface AddRules {
  now: number
  /** How many events of one installation are stored in an hour. */
  limit: number
}

/** Events of one commit: at most one of each installation. */
export type Events = readonly TelemetryEvent[]

/** Stores events, and counts them for their limits. */
export interface Adding {
  /** Stores events in one commit, and tells what became of each. */
  add(events: Events, rules: AddRules): Promise<Added[]>
  /** Drops what was kept for hours that are over. @param now in milliseconds since 1970. */
  dropStaleLimits(now: number): Promise<void>
}

const ANY_TOMBSTONE = 'SELECT 1 FROM tombstones LIMIT 1'
const TOMBSTONE = 'SELECT 1 FROM tombstones WHERE id_hash = ? AND until > ?'
const OPEN_DAY = 'SELECT 1 FROM days WHERE day = ? AND forgotten = 0'
const KNOWN = 'SELECT body FROM events WHERE day = ? AND telemetry_id = ? AND event_id = ?'
const INSERT =
  'INSERT INTO events (event_id, telemetry_id, day, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'
const CHANGE_DAY = 'UPDATE days SET version = version + ? WHERE day = ?'

/** All that adding asks of the database, for a look whether it could. */
export const DIRECT_STATEMENTS: readonly Statement[] = [
  ...[ANY_TOMBSTONE, TOMBSTONE, OPEN_DAY, KNOWN, INSERT, CHANGE_DAY],
  ...LOG_STATEMENTS,
].map(raw)

/**
 * Stores events as `addInSets` does, in SQLite in this process, where each step sees what those before it did. So each event is read
 * once, and what is the same for all of a commit is asked once.
 */
export function createDirectAdding(batch: Batch): Adding {
  const limits = createLimitLog()
  const add: Adding['add'] = async (events, { now, limit }) => {
    let added: Added[] = []
    const days = new Set(events.map(({ timestamp }) => dayOf(timestamp)))
    const adding = direct((prepare) => {
      limits.catchUp(prepare, now)
      const open = new Set([...days].filter((day) => prepare(OPEN_DAY).get(day)))
      const hasTombstones = prepare(ANY_TOMBSTONE).get() !== undefined
      const insert = prepare(INSERT)
      const storedOn = new Map<Day, number>()
      added = events.map((event): Added => {
        const { event_id, telemetry_id, timestamp } = event
        const day = dayOf(timestamp)
        if (hasTombstones && prepare(TOMBSTONE).get(hashOf(telemetry_id), now))
          return { outcome: 'suppressed' }
        if (!open.has(day)) return known(prepare, event) ?? { outcome: 'forgotten' }
        const hour = limits.hourOf(telemetry_id) ?? { began: now, n: 0 }
        if (hour.n >= limit) {
          const retryAfterSeconds = Math.max(1, Math.ceil((hour.began + MS_PER_HOUR - now) / 1000))
          return known(prepare, event) ?? { outcome: 'limited', retryAfterSeconds }
        }
        if (insert.run(event_id, telemetry_id, day, encodeEvent(event)).changes === 0) {
          return known(prepare, event) ?? { outcome: 'conflicting' }
        }
        limits.append(prepare, telemetry_id, { began: hour.began, n: hour.n + 1 })
        storedOn.set(day, (storedOn.get(day) ?? 0) + 1)
        return { outcome: 'stored' }
      })
      for (const [day, n] of storedOn) prepare(CHANGE_DAY).run(n, day)
    })
    await batch(...[...days].map(openDay), adding)
    return added
  }
  return {
    add,
    async dropStaleLimits(now) {
      await batch(dropStale('quota', now), dropStale('limit_log', now))
      limits.dropLaterThan(lastBegin(now))
    },
  }
}

/** What became of an event if one of its id is stored. */
function known(prepare: Prepare, event: TelemetryEvent): Added | undefined {
  const { event_id, telemetry_id, timestamp } = event
  const found = prepare(KNOWN).get(dayOf(timestamp), telemetry_id, event_id)
  return found && { outcome: found[0] === encodeEvent(event) ? 'duplicate' : 'conflicting' }
}
