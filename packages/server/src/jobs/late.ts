import { addDays, type Day, dayAt, daysBetween, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { LATE_PROMISES, type Late } from '@voicemode-telemetry/protocol/wire/health'
import { nextReport } from '../report/makeReports.ts'
import type { Store } from '../store/store.ts'

/**
 * The promises with a date that are at least a day behind: raw events past their retention, tombstones past their time, and weekly
 * reports that are due. None while the clock is not believed, for then nobody knows.
 *
 * @param now this machine's time, in milliseconds since 1970.
 */
export async function findLate(store: Store, now: number, retentionDays: number): Promise<Late[]> {
  const clock = await store.checkClock(now)
  if (clock.outcome === 'doubted') return []
  const today = dayAt(clock.now)
  const behind: Record<Late['promise'], number> = {
    forgetting: await forgettingBehind(store, today, retentionDays),
    tombstones: await tombstonesBehind(store, clock.now),
    reports: await reportsBehind(store, today, retentionDays),
  }
  return LATE_PROMISES.map((promise) => ({ promise, days: behind[promise] })).filter(({ days }) => days > 0)
}

async function forgettingBehind(store: Store, today: Day, retentionDays: number): Promise<number> {
  const keptSince = addDays(today, -retentionDays)
  const [oldest] = await store.rawDaysBefore(keptSince)
  // On the day after the last on which it is kept, a day's turn has just come.
  return oldest ? daysBetween(oldest.day, keptSince) - 1 : 0
}

async function tombstonesBehind(store: Store, now: number): Promise<number> {
  return Math.floor((now - ((await store.firstTombstoneEnd()) ?? now)) / MS_PER_DAY)
}

async function reportsBehind(store: Store, today: Day, retentionDays: number): Promise<number> {
  const weeks = (await store.reports()).map(({ week }) => week)
  const next = nextReport(await store.milestones(), today, retentionDays, weeks)
  return next ? daysBetween(next.on, today) : 0
}
