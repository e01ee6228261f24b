import { type Day, dayAt } from '@voicemode-telemetry/protocol'
import { boundsOf, type IsoWeek, isoWeekOf } from '../counts/isoWeek.ts'
import type { Store } from '../store/store.ts'
import { nextReport } from './makeReports.ts'
import { EPSILON_PER_WEEK } from './mechanism/weeklyReport.ts'

/** One report as the list tells of it. */
export interface ListedReport {
  week: IsoWeek
  from: Day
  to: Day
  state: 'published' | 'held'
  made_on: Day
  /** Requests for deletion answered on the day it was made or later; they change nothing in it. */
  deletions_since: number
  /** Where it is held, they lead to that being said. */
  links: { json: string; csv: string; page: string }
}

/** What is said beside the reports, whose bytes never change: it does. */
export interface ReportList {
  /** Newest week first. */
  reports: ListedReport[]
  /** Spent by an installation that was there in every week with a report, those that are held too. */
  running_epsilon: number
  /** The week in which the store was set up: no earlier one gets a report by itself. */
  first_week: IsoWeek
  /** Which report comes next, and from which day; null where events are kept for too short a time for any. */
  next: { week: IsoWeek; on: Day } | null
}

/** @param now milliseconds since 1970. */
export async function listReports(store: Store, now: number, retentionDays: number): Promise<ReportList> {
  const today = dayAt(now)
  const [entries, milestones] = await Promise.all([store.reports(), store.milestones()])
  const deletions = await deletionsFrom(store, entries.map(({ madeOn }) => madeOn).toSorted()[0], today)
  const reports = entries.map(({ week, madeOn, isHeld }): ListedReport => {
    const since = deletions.filter(({ day }) => day >= madeOn)
    return {
      week,
      ...boundsOf(week),
      state: isHeld ? 'held' : 'published',
      made_on: madeOn,
      deletions_since: since.reduce((sum, { n }) => sum + n, 0),
      links: linksOf(week),
    }
  })
  const weeks = entries.map(({ week }) => week)
  return {
    reports,
    running_epsilon: reports.length * EPSILON_PER_WEEK,
    first_week: isoWeekOf(milestones.setUpOn),
    next: nextReport(milestones, today, retentionDays, weeks) ?? null,
  }
}

async function deletionsFrom(store: Store, first: Day | undefined, today: Day) {
  if (first === undefined) return []
  return (await store.requestsAnswered(first, today)).filter(({ kind }) => kind === 'delete')
}

function linksOf(week: IsoWeek) {
  const json = `/v1/reports/${week}`
  return { json, csv: `${json}?format=csv`, page: `/report/${week}` }
}
