import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { countActivity } from './activity.ts'
import { rollUp } from './rollUp.ts'
import type { Store } from './store.ts'

/**
 * Folds and forgets. Every day with news is counted anew, then activity over days, and then days older than the retention
 * lose their raw events: before that, whatever is counted of them has to be final. All is recomputed from the raw events,
 * so running it twice, late, on two servers at once or after one that died half-way gives the same counts.
 */
export async function runDailyJob(store: Store, now: number, retentionDays: number): Promise<void> {
  await foldUnfolded(store)
  for (const day of await store.rawDaysBefore(addDays(dayAt(now), -retentionDays))) {
    await store.forget(day, await rollUp(store.eventsOf(day.day)))
  }
  await store.dropStaleLimits()
  await store.dropOldGraves()
}

/** Brings the counts up to the raw events that were there when it was called. */
export async function foldUnfolded(store: Store): Promise<void> {
  for (const day of await store.unfoldedDays()) {
    await store.writeCounts(day, await rollUp(store.eventsOf(day.day)))
  }
  const activity = await store.unfoldedActivity()
  if (activity) {
    const counts = await countActivity(store.activeDays(), activity.lastForgotten)
    await store.writeActivity(activity, counts)
  }
}
