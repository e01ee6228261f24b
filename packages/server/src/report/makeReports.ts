import {
  addDays,
  addWeeks,
  boundsOf,
  type Day,
  dayAt,
  daysBetween,
  daysFromTo,
  type IsoWeek,
  isoWeekOf,
} from '@voicemode-telemetry/protocol'
import { encodeReport } from '@voicemode-telemetry/protocol/wire/reports'
import { tryEach } from '../failure.ts'
import { firstKeptDay, type Milestones } from '../store/reportStore.ts'
import type { Store } from '../store/store.ts'
import { dueOn, newestDueWeek } from './dueWeeks.ts'
import type { RandomBytes } from './mechanism/discreteLaplace.ts'
import { mergeDays } from './mechanism/mergeDays.ts'
import { makeWeeklyReport } from './mechanism/weeklyReport.ts'
import { RELEASES } from './releases.ts'

/**
 * Makes the report of every week that is due, from the week in which the store was set up, and has none yet. Which weeks
 * those are depends on days alone and on no event: a week without events has a report too. One whose days may have been
 * forgotten never gets one.
 *
 * @param now milliseconds since 1970.
 * @param randomBytes a cryptographic source.
 * @throws SomeFailed at the end if a week failed; the others have their reports all the same.
 */
export async function makeDueReports(
  store: Store,
  now: number,
  retentionDays: number,
  randomBytes: RandomBytes,
): Promise<void> {
  const today = dayAt(now)
  const made = await store.reports()
  const weeks = openWeeks(await store.milestones(), today, retentionDays)
  await tryEach(
    weeks
      .filter((week) => made.every((report) => report.week !== week))
      .map((week) => ({ at: { week }, run: () => makeReport(store, week, today, randomBytes) })),
  )
}

/**
 * Makes the report of one week, for a maintainer, also where it lies before the store was set up.
 *
 * @returns `exists`, `not-due` or `forgotten` and nothing made: there is one, it is too early, or it is too late.
 */
export async function makeReportByHand(
  store: Store,
  week: IsoWeek,
  now: number,
  retentionDays: number,
  randomBytes: RandomBytes,
): Promise<'added' | 'exists' | 'not-due' | 'forgotten'> {
  const today = dayAt(now)
  if (await store.report(week)) return 'exists'
  if (week > newestDueWeek(today)) return 'not-due'
  const keptSince = firstKeptDay(await store.milestones(), today, retentionDays)
  if (boundsOf(week).from < keptSince) return 'forgotten'
  return makeReport(store, week, today, randomBytes)
}

/**
 * The report that comes next, and the day from which it does.
 *
 * @param made weeks that have one.
 * @returns undefined where events are kept for so short a time that no week is whole when it is due.
 */
export function nextReport(
  milestones: Milestones,
  today: Day,
  retentionDays: number,
  made: readonly IsoWeek[],
): { week: IsoWeek; on: Day } | undefined {
  const upcoming = later(addWeeks(newestDueWeek(today), 1), isoWeekOf(milestones.setUpOn))
  const week = openWeeks(milestones, today, retentionDays).find((open) => !made.includes(open)) ?? upcoming
  const on = dueOn(week)
  return daysBetween(boundsOf(week).from, on) <= retentionDays ? { week, on } : undefined
}

/** Weeks that are due and whole, oldest first. */
function openWeeks(milestones: Milestones, today: Day, retentionDays: number): IsoWeek[] {
  const firstWhole = isoWeekOf(addDays(firstKeptDay(milestones, today, retentionDays), 6))
  const newest = newestDueWeek(today)
  const weeks: IsoWeek[] = []
  for (
    let week = later(isoWeekOf(milestones.setUpOn), firstWhole);
    week <= newest;
    week = addWeeks(week, 1)
  ) {
    weeks.push(week)
  }
  return weeks
}

async function makeReport(store: Store, week: IsoWeek, today: Day, randomBytes: RandomBytes) {
  const { from, to } = boundsOf(week)
  const events = mergeDays(daysFromTo(from, to).map((day) => store.eventsOf(day)))
  const report = await makeWeeklyReport({ week, releases: RELEASES, events, randomBytes })
  return store.addReport(week, encodeReport(report), today)
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
