import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { cryptoBytes } from './report/cryptoBytes.ts'
import { makeDueReports } from './report/makeReports.ts'
import { rollUp } from './rollUp.ts'
import type { DayVersion, Store } from './store.ts'

/**
 * Reports, forgets and folds. Weeks that are due get their report; then days older than the retention become counts and lose
 * their raw events; every other day with news is counted anew. Counts are recomputed from the raw events and a report is
 * kept only where there is none, so running it twice, late, on two servers at once or after one that died half-way gives
 * the same.
 */
export async function runDailyJob(store: Store, now: number, retentionDays: number): Promise<void> {
  try {
    await makeDueReports(store, now, retentionDays, cryptoBytes)
  } finally {
    // What is past the retention goes, whatever became of reports.
    await forgetAndFold(store, now, retentionDays)
  }
}

async function forgetAndFold(store: Store, now: number, retentionDays: number): Promise<void> {
  const keptSince = addDays(dayAt(now), -retentionDays)
  await store.noteForgetting(keptSince)
  for (const day of await store.rawDaysBefore(keptSince)) {
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
