import { dayOf, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { Failed } from '../failure.ts'
import { type Host, MS_PER_HOUR } from '../host.ts'
import { addStatements, readAdded } from './addEvent.ts'
import type { Batch } from './driver.ts'
import { erase, sql } from './statement.ts'
import { type Added, type Store, StoreUnavailable } from './store.ts'
import { insertRow, openDayRow } from './tables.ts'

const MAX_EVENTS_PER_COMMIT = 200

interface IntakeOptions {
  batch: Batch
  host: Pick<Host, 'now' | 'nextTurn'>
  eventsPerIdPerHour: number
}

interface Intake extends Pick<Store, 'add' | 'dropStaleLimits'> {
  /** Resolves when what was handed in is stored; whatever comes later is rejected. */
  finish(): Promise<void>
}

/**
 * Takes events. Those that arrive together are committed together: what comes while a commit is under way shares the next.
 */
export function createIntake({ batch, host, eventsPerIdPerHour }: IntakeOptions): Intake {
  const waiting: {
    event: TelemetryEvent
    resolve: (added: Added) => void
    reject: (error: Error) => void
  }[] = []
  let committing: Promise<void> | undefined
  let isFinished = false

  async function commit(events: readonly TelemetryEvent[]): Promise<Added[]> {
    const of = { now: host.now(), limit: eventsPerIdPerHour }
    const adding = await Promise.all(events.map((event) => addStatements(event, of)))
    const days = [...new Set(events.map(({ timestamp }) => dayOf(timestamp)))].map(openDay)
    const rows = await batch(...days, ...adding.flat())
    let next = days.length
    return adding.map(({ length }) => {
      next += length
      return readAdded(rows.slice(next - length, next), of.now)
    })
  }

  async function commitWaiting(): Promise<void> {
    while (waiting.length > 0) {
      await host.nextTurn()
      const group = waiting.splice(0, MAX_EVENTS_PER_COMMIT)
      try {
        const added = await commit(group.map(({ event }) => event))
        for (const [n, { resolve }] of group.entries()) resolve(added[n] as Added)
      } catch (error) {
        for (const { reject } of group) reject(error as Error)
      }
    }
    committing = undefined
  }

  return {
    add(event) {
      if (isFinished) return Promise.reject(new StoreUnavailable(new Failed({ kind: 'closed' })))
      const added = new Promise<Added>((resolve, reject) => waiting.push({ event, resolve, reject }))
      committing ??= commitWaiting()
      return added
    },

    async dropStaleLimits() {
      const [past, ahead] = [host.now() - MS_PER_HOUR, host.now() + MS_PER_HOUR]
      // An hour that begins later was written by a wrong clock, and would keep its installation waiting until then.
      await batch(erase`DELETE FROM quota WHERE window_start <= ${past} OR window_start > ${ahead}`)
    },

    async finish() {
      isFinished = true
      await committing
    },
  }
}

/** Makes a day known. By itself, for PostgreSQL then makes the table of that day's events, which nothing may be reading. */
function openDay(day: string) {
  return sql`${insertRow('days', openDayRow(day))} ON CONFLICT DO NOTHING`
}
