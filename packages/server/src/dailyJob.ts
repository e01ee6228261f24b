import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { rollUp } from './rollUp.ts'
import type { DayVersion, Store } from './store.ts'

/**
 * Forgets and folds. Days older than the retention become counts and lose their raw events; every other day with news is
 * counted anew. All is recomputed from the raw events, so running it twice, late, on two servers at once or after one that
 * died half-way gives the same counts.
 */
export async function runDailyJob(store: Store, now: number, retentionDays: number): Promise<void> {
  for (const day of await store.rawDaysBefore(addDays(dayAt(now), -retentionDays))) {
    await store.forget(day, await rollUp(store.eventsOf(day.day)))
  }
  await foldUnfolded(store)
  await store.dropStaleLimits()
  await store.dropOldGraves()
}

/** Brings the counts up to the raw events that were there when it was called. */
export async function foldUnfolded(store: Store): Promise<void> {
  for (const day of await store.unfoldedDays()) await foldDay(store, day)
}

async function foldDay(store: Store, day: DayVersion): Promise<void> {
  await store.writeCounts(day, await rollUp(store.eventsOf(day.day)))
}

/**
 * Lets one run at a time; whoever asks while one is under way shares the next, so that what he gets was begun after he
 * asked.
 */
export function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return run()
      })
    running = next
    return next
  }
}
