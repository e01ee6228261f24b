import { type Day, dayOf, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { Failed } from '../failure.ts'
import type { Host } from '../host.ts'
import { createAdding } from './addEvents.ts'
import type { Batch, Driver } from './driver.ts'
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
  const adding = createAdding(engine, batch)
  let waiting: Waiting[] = []
  let committing: Promise<void> | undefined
  let isFinished = false

  /** What can't be stored is not to take others with it: a group that is refused is tried in halves, down to one event. */
  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const rules = { now: host.now(), limit: eventsPerIdPerHour }
      const events = group.map(({ event }) => event)
      const added = await adding.add(events, rules)
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

  /** Waits for as long as each turn brings more events. One that is alone waits a turn, which takes as good as no time. */
  async function gather(): Promise<void> {
    for (let had = 0; had < waiting.length && had < MAX_EVENTS_PER_COMMIT; ) {
      had = waiting.length
      await host.nextTurn()
    }
  }

  async function commitWaiting(): Promise<void> {
    while (waiting.length > 0) {
      await gather()
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

    dropStaleLimits: () => adding.dropStaleLimits(host.now()),

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
