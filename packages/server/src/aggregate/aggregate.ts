import { countActivity, MIN_ACTIVITY_RETENTION_DAYS } from '../counts/activity.ts'
import { rollUp } from '../counts/rollUp.ts'
import { tryEach } from '../failure.ts'
import type { Store } from '../store/store.ts'

/**
 * Brings the counts up to the raw events that were there when it was called.
 *
 * @throws SomeFailed at the end if a day failed; the others are counted all the same.
 */
export async function aggregateNews(store: Store, retentionDays: number): Promise<void> {
  const days = await store.daysToAggregate()
  await tryEach([
    ...days.map((day) => ({
      at: { day: day.day },
      run: async () => store.writeCounts(day, await rollUp(store.eventsOf(day.day))),
    })),
    { at: {}, run: () => aggregateActivity(store, retentionDays) },
  ])
}

async function aggregateActivity(store: Store, retentionDays: number): Promise<void> {
  if (retentionDays < MIN_ACTIVITY_RETENTION_DAYS) return
  const activity = await store.activityToAggregate()
  if (activity) {
    const counts = await countActivity(store.activeDays(), activity.lastForgotten)
    await store.writeActivity(activity, counts)
  }
}
