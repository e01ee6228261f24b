import { countActivity, MIN_ACTIVITY_RETENTION_DAYS } from '../counts/activity.ts'
import { rollUp } from '../counts/rollUp.ts'
import type { Store } from '../store/store.ts'

/** Brings the counts up to the raw events that were there when it was called. */
export async function aggregateNews(store: Store, retentionDays: number): Promise<void> {
  for (const day of await store.daysToAggregate()) {
    await store.writeCounts(day, await rollUp(store.eventsOf(day.day)))
  }
  if (retentionDays < MIN_ACTIVITY_RETENTION_DAYS) return
  const activity = await store.activityToAggregate()
  if (activity) {
    const counts = await countActivity(store.activeDays(), activity.lastForgotten)
    await store.writeActivity(activity, counts)
  }
}
