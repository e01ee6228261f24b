import { UNREADABLE_FIELD } from '@voicemode-telemetry/protocol/wire/charts'
import { countActivity, MIN_ACTIVITY_RETENTION_DAYS } from '../counts/activity.ts'
import type { SegmentCount } from '../counts/counts.ts'
import { rollUp } from '../counts/rollUp.ts'
import { EVERYONE } from '../counts/segments.ts'
import { tryEach } from '../failure.ts'
import type { Host } from '../host.ts'
import type { DayVersion, Store } from '../store/store.ts'

/**
 * Brings the counts up to the raw events that were there when it was called.
 *
 * @throws SomeFailed at the end if a day failed; the others are counted all the same.
 */
export async function aggregateNews(store: Store, retentionDays: number, log: Host['log']): Promise<void> {
  const days = await store.daysToAggregate()
  await tryEach([
    ...days.map((day) => ({
      at: { day: day.day },
      run: async () => store.writeCounts(day, await countDay(store, day, log)),
    })),
    { at: {}, run: () => aggregateActivity(store, retentionDays) },
  ])
}

/**
 * Counts a day's raw events. Rows that can't be read are set aside: their number is a count too, and is logged as `events-unreadable`.
 */
export async function countDay(store: Store, { day }: DayVersion, log: Host['log']): Promise<SegmentCount[]> {
  let n = 0
  const counts = await rollUp(store.eventsOf(day, () => n++))
  if (n === 0) return counts
  log({ level: 'error', event: 'events-unreadable', day, n })
  return [...counts, { segment: EVERYONE, field: UNREADABLE_FIELD, value: '', n }]
}

async function aggregateActivity(store: Store, retentionDays: number): Promise<void> {
  if (retentionDays < MIN_ACTIVITY_RETENTION_DAYS) return
  const activity = await store.activityToAggregate()
  if (activity) {
    const counts = await countActivity(store.activeDays(), activity.lastForgotten)
    await store.writeActivity(activity, counts)
  }
}
