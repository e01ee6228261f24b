import { type Day, dayOf, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { Failed } from '../failure.ts'
import { type Host, MS_PER_HOUR } from '../host.ts'
import { type AddRules, addStatements, askRefused, readRefused } from './addEvents.ts'
import type { Batch, Driver } from './driver.ts'
import { erase } from './statement.ts'
import { type Added, isOfWhatWasGiven, type Store, StoreUnavailable } from './store.ts'

const MAX_EVENTS_PER_COMMIT = 200

interface IntakeOptions {
  batch: Batch
  engine: Driver['engine']
  prepareDay: Driver['prepareDay']
  host: Pick<Host, 'now' | 'nextTurn'>
  eventsPerIdPerHour: number
}

interface Intake extends Pick<Store, 'add' | 'prepareDay' | 'dropStaleLimits'> {
  /** Resolves when what was handed in is stored; whatever comes later is rejected. */
  finish(): Promise<void>
}

/** An event that waits for its commit. */
interface Waiting {
  event: TelemetryEvent
  resolve: (added: Added) => void
  reject: (error: Error) => void
}

/**
 * Takes events. Those that arrive together are committed together: what comes while a commit is under way shares the next.
 */
export function createIntake({ batch, engine, prepareDay, host, eventsPerIdPerHour }: IntakeOptions): Intake {
  const days = createDays(prepareDay)
  let waiting: Waiting[] = []
  let committing: Promise<void> | undefined
  let isFinished = false

  async function commit(events: readonly TelemetryEvent[]): Promise<Added[]> {
    const rules: AddRules = { now: host.now(), limit: eventsPerIdPerHour }
    const stored = new Set(
      (await batch(...addStatements(engine, events, rules))).at(-1)?.map((row) => row.telemetry_id),
    )
    const refused = events.filter(({ telemetry_id }) => !stored.has(telemetry_id))
    const reasons = refused.length > 0 ? await batch(...askRefused(refused, rules)) : []
    return events.map((event) => {
      if (stored.has(event.telemetry_id)) return { outcome: 'stored' }
      return readRefused(event, reasons[refused.indexOf(event)]?.[0], rules)
    })
  }

  /** What can't be stored is not to take others with it: a group that is refused is tried in halves, down to one event. */
  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const added = await commit(group.map(({ event }) => event))
      for (const [n, { resolve }] of group.entries()) resolve(added[n] as Added)
    } catch (error) {
      if (group.length > 1 && isOfWhatWasGiven(error)) {
        const half = Math.ceil(group.length / 2)
        await commitGroup(group.slice(0, half))
        await commitGroup(group.slice(half))
      } else {
        for (const { reject } of group) reject(error as Error)
      }
    }
  }

  async function commitWaiting(): Promise<void> {
    while (waiting.length > 0) {
      await host.nextTurn()
      const [group, others] = takeGroup(waiting)
      waiting = others
      await commitGroup(group)
    }
    committing = undefined
  }

  return {
    async add(event) {
      if (isFinished) throw new StoreUnavailable(new Failed({ kind: 'closed' }))
      await days.prepare(dayOf(event.timestamp))
      return new Promise<Added>((resolve, reject) => {
        waiting.push({ event, resolve, reject })
        committing ??= commitWaiting()
      })
    },

    prepareDay: days.prepare,

    async dropStaleLimits() {
      const [past, ahead] = [host.now() - MS_PER_HOUR, host.now() + MS_PER_HOUR]
      // An hour that begins later was written by a wrong clock, and would keep its installation waiting until then.
      await batch(erase`DELETE FROM quota WHERE window_start <= ${past} OR window_start > ${ahead}`)
    },

    async finish() {
      isFinished = true
      await days.finish()
      await committing
    },
  }
}

/**
 * Prepares each day once, one after the other, for they would wait for each other. If one can't be had now, those behind it can't
 * either. They are tried again when they are asked for again.
 */
function createDays(prepareDay: Driver['prepareDay']) {
  const prepared = new Map<Day, Promise<void>>()
  let last = Promise.resolve()
  return {
    prepare(day: Day): Promise<void> {
      const known = prepared.get(day)
      if (known) return known
      const preparing = last.then(() => prepareDay(day))
      prepared.set(day, preparing)
      last = preparing
      preparing.catch(() => {
        prepared.delete(day)
        last = Promise.resolve()
      })
      return preparing
    },
    async finish(): Promise<void> {
      await Promise.allSettled(prepared.values())
    },
  }
}

/** The events of the next commit, at most one of each installation, and those that wait for a later one. */
function takeGroup(waiting: readonly Waiting[]): [Waiting[], Waiting[]] {
  const group: Waiting[] = []
  const others: Waiting[] = []
  const taken = new Set<string>()
  for (const next of waiting) {
    const { telemetry_id } = next.event
    if (group.length === MAX_EVENTS_PER_COMMIT || taken.has(telemetry_id)) {
      others.push(next)
    } else {
      group.push(next)
      taken.add(telemetry_id)
    }
  }
  return [group, others]
}
