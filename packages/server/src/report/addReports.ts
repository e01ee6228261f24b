import type { Context, Hono, MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { type IsoWeek, isIsoWeek } from '../counts/isoWeek.ts'
import type { Host } from '../host.ts'
import { readJson } from '../http/body.ts'
import { answerCsv } from '../http/csv.ts'
import { composeProblem, type Refusal } from '../http/problem.ts'
import type { Store } from '../store/store.ts'
import { makeReportByHand } from './makeReports.ts'
import { encodeReportCsv } from './mechanism/encodeReport.ts'
import type { WeeklyReport } from './mechanism/weeklyReport.ts'
import { listReports } from './reportList.ts'
import { answerMissing, answerNone, answerReport } from './reportPage.ts'

interface ReportOptions {
  store: Store
  host: Pick<Host, 'now' | 'randomBytes'>
  retentionDays: number
  forMaintainers: MiddlewareHandler
}

/** Short, for a report may be held back at any time. */
const CACHED = 'public, max-age=60'

/** Adds the weekly reports, as data and as pages, and what maintainers may do with them. */
export function addReports(app: Hono, options: ReportOptions): void {
  addData(app, options)
  addOrders(app, options)
  addPages(app, options)
}

/** What names no week is kept from the store: an engine may refuse to look for it. */
async function findReport(store: Store, week: string) {
  return isIsoWeek(week) ? store.report(week) : undefined
}

function addData(app: Hono, { store, host, retentionDays }: ReportOptions): void {
  app.get('/v1/reports', async (context) => {
    context.header('cache-control', CACHED)
    return context.json(await listReports(store, host.now(), retentionDays))
  })

  app.get('/v1/reports/:week', etag(), async (context) => {
    const { format = 'json' } = context.req.query()
    if (format !== 'json' && format !== 'csv') {
      const problems = [{ field: 'format', expected: 'json or csv' }]
      return composeProblem({ kind: 'not-a-query', problems })
    }
    const report = await findReport(store, context.req.param('week'))
    if (!report) return composeProblem({ kind: 'not-found' })
    if (report.isHeld) return composeProblem({ kind: 'report-held' })
    if (format === 'json') {
      return context.body(report.body, 200, { 'cache-control': CACHED, 'content-type': 'application/json' })
    }
    const csv = encodeReportCsv(JSON.parse(report.body) as WeeklyReport)
    return answerCsv(context, { name: `report-${report.week}`, csv, cacheControl: CACHED })
  })
}

function addOrders(app: Hono, options: ReportOptions): void {
  app.post('/v1/reports/:week', options.forMaintainers, async (context) => {
    const order = await readOrder(context.req.raw)
    if (typeof order !== 'string') return composeProblem(order)
    const week = context.req.param('week')
    const outcome = isIsoWeek(week) ? await carryOut(order, week, options) : 'none'
    switch (outcome) {
      case 'held':
      case 'published':
        context.header('cache-control', 'no-store')
        return context.json({ status: 'ok', week, state: outcome })
      case 'none':
        return composeProblem({ kind: 'not-found' })
      case 'exists':
        return composeProblem(notReportable('one that has no report yet'))
      case 'not-due':
        return composeProblem(notReportable('one whose Sunday is at least 8 days ago'))
      case 'forgotten':
        return composeProblem(notReportable('one of which no event can have been forgotten yet'))
      default:
        throw outcome satisfies never
    }
  })
}

async function carryOut(order: Order, week: IsoWeek, { store, host, retentionDays }: ReportOptions) {
  if (order === 'make') {
    const made = await makeReportByHand(store, week, host.now(), retentionDays, host.randomBytes)
    return made === 'added' ? 'published' : made
  }
  if (!(await store.holdReport(week, order === 'hold'))) return 'none'
  return order === 'hold' ? 'held' : 'published'
}

function addPages(app: Hono, { store, host, retentionDays }: ReportOptions): void {
  const list = () => listReports(store, host.now(), retentionDays)

  app.get('/report', async (context) => {
    const listed = await list()
    const newest = listed.reports.find(({ state }) => state === 'published')
    return newest ? showReport(context, newest.week) : answerNone(context, listed)
  })

  app.get('/report/:week', (context) => showReport(context, context.req.param('week')))

  async function showReport(context: Context, week: string) {
    const [listed, report] = await Promise.all([list(), findReport(store, week)])
    const beside = listed.reports.find((entry) => entry.week === week)
    if (!report || !beside || report.isHeld) return answerMissing(context, listed, report?.week)
    context.header('cache-control', CACHED)
    return answerReport(context, listed, { beside, report: JSON.parse(report.body) as WeeklyReport })
  }
}

type Order = 'hold' | 'release' | 'make'

/** Reads what a maintainer asks for. A page elsewhere can't send it: for JSON its browser asks this server first. */
async function readOrder(request: Request): Promise<Order | Refusal> {
  const body = await readJson(request)
  if ('kind' in body) return body
  const [[key, value] = [], ...others] = Object.entries(body.value ?? {})
  if (others.length === 0 && key === 'held' && typeof value === 'boolean') return value ? 'hold' : 'release'
  if (others.length === 0 && key === 'make' && value === true) return 'make'
  const expected = 'one of {"held":true}, {"held":false}, {"make":true}'
  return { kind: 'not-an-order', problems: [{ field: '', expected }] }
}

function notReportable(expected: string): Refusal {
  return { kind: 'not-reportable', problems: [{ field: 'week', expected }] }
}
