import { addDays, type Day, dayAt, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { aggregateNews } from '../aggregate/aggregate.ts'
import { rollUp } from '../counts/rollUp.ts'
import type { Host } from '../host.ts'
import { makeDueReports } from '../report/makeReports.ts'
import type { Store } from '../store/store.ts'

/**
 * Reports, aggregates and forgets. Weeks that are due get their report; every day with news is counted anew, then activity
 * over days; then days older than the retention lose their raw events: before that, whatever is counted of them has to be
 * final. Counts are recomputed from the raw events and a report is kept only where there is none, so running it twice, late,
 * on two servers at once or after one that died half-way gives the same. While the clock is not believed, see `judgeClock`,
 * it logs `clock-not-believed` and aggregates, and does no more.
 */
export async function runDailyJob(
  store: Store,
  { now, log, randomBytes }: Pick<Host, 'now' | 'log' | 'randomBytes'>,
  retentionDays: number,
): Promise<void> {
  const clock = await store.checkClock(now())
  await store.noteClock(clock)
  if (clock.outcome === 'doubted') {
    log({ level: 'error', event: 'clock-not-believed', code: `ahead of ${clock.newestKnown}` })
    await aggregateNews(store, retentionDays)
    return
  }
  const startedAt = clock.now
  try {
    await makeDueReports(store, startedAt, retentionDays, randomBytes)
  } finally {
    // What is past the retention goes, whatever became of reports.
    await aggregateNews(store, retentionDays)
    await store.dropTestEventBefore(startedAt - retentionDays * MS_PER_DAY)
    await forget(store, addDays(dayAt(startedAt), -retentionDays))
    await store.dropOldTombstones(startedAt)
  }
}

async function forget(store: Store, keptSince: Day): Promise<void> {
  await store.noteForgetting(keptSince)
  for (const day of await store.rawDaysBefore(keptSince)) {
    await store.forget(day, await rollUp(store.eventsOf(day.day)))
  }
  await store.dropStaleLimits()
}
