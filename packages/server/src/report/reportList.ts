import { boundsOf, type Day, dayAt, type IsoWeek, isoWeekOf } from '@voicemode-telemetry/protocol'
import type { ListedReport, ReportList } from '@voicemode-telemetry/protocol/wire/reports'
import type { Store } from '../store/store.ts'
import { nextReport } from './makeReports.ts'
import { EPSILON_PER_WEEK } from './mechanism/weeklyReport.ts'

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
