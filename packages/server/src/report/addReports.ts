import { type IsoWeek, isIsoWeek, parseWith } from '@voicemode-telemetry/protocol'
import {
  type ReportOrder,
  type ReportOrderAnswer,
  reportOrderSchema,
  reportQuerySchema,
} from '@voicemode-telemetry/protocol/wire/reports'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import type { Host } from '../host.ts'
import { readJson } from '../http/body.ts'
import { answerCsv } from '../http/csv.ts'
import { composeProblem, type Refusal } from '../http/problem.ts'
import type { Store } from '../store/store.ts'
import { makeReportByHand } from './makeReports.ts'
import { encodeReportCsv } from './mechanism/encodeReport.ts'
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
    const asked = parseWith(reportQuerySchema, context.req.query())
    if (!asked.ok) return composeProblem({ kind: 'not-a-query', problems: asked.problems })
    const report = await findReport(store, context.req.param('week'))
    if (!report?.report) return composeProblem({ kind: 'not-found' })
    if (report.isHeld) return composeProblem({ kind: 'report-held' })
    if (asked.value.format === 'json') {
      return context.body(report.body, 200, { 'cache-control': CACHED, 'content-type': 'application/json' })
    }
    const csv = encodeReportCsv(report.report)
    return answerCsv(context, { name: `report-${report.week}`, csv, cacheControl: CACHED })
  })
}

function addOrders(app: Hono, options: ReportOptions): void {
  app.post('/v1/reports/:week', options.forMaintainers, async (context) => {
    const order = await readOrder(context.req.raw)
    if ('kind' in order) return composeProblem(order)
    const week = context.req.param('week')
    const outcome = isIsoWeek(week) ? await carryOut(order, week, options) : 'none'
    switch (outcome) {
      case 'held':
      case 'published':
        context.header('cache-control', 'no-store')
        return context.json({ status: 'ok', week, state: outcome } satisfies ReportOrderAnswer)
      case 'none':
        return composeProblem({ kind: 'not-found' })
      case 'exists':
        return composeProblem(notReportable('one that has no report yet'))
      case 'doubted':
        return composeProblem(notReportable('one asked for while the server believes its clock'))
      case 'not-due':
        return composeProblem(notReportable('one whose Sunday is at least 8 days ago'))
      case 'forgotten':
        return composeProblem(notReportable('one of which no event can have been forgotten yet'))
      default:
        throw outcome satisfies never
    }
  })
}

async function carryOut(order: ReportOrder, week: IsoWeek, { store, host, retentionDays }: ReportOptions) {
  if ('make' in order) {
    const clock = await store.checkClock(host.now())
    if (clock.outcome === 'doubted') return clock.outcome
    const made = await makeReportByHand(store, week, clock.now, retentionDays, host.randomBytes)
    return made === 'added' ? 'published' : made
  }
  if (!(await store.holdReport(week, order.held))) return 'none'
  return order.held ? 'held' : 'published'
}

function addPages(app: Hono, { store, host, retentionDays }: ReportOptions): void {
  const list = () => listReports(store, host.now(), retentionDays)

  app.get('/report', async (context) => {
    const listed = await list()
    for (const { state, week } of listed.reports) {
      if (state === 'published' && (await findReport(store, week))?.report) return showReport(context, week)
    }
    return answerNone(context, listed)
  })

  app.get('/report/:week', (context) => showReport(context, context.req.param('week')))

  async function showReport(context: Context, week: string) {
    const [listed, report] = await Promise.all([list(), findReport(store, week)])
    const beside = listed.reports.find((entry) => entry.week === week)
    if (!report?.report || !beside || report.isHeld)
      return answerMissing(context, listed, report?.report && report.week)
    context.header('cache-control', CACHED)
    return answerReport(context, listed, { beside, report: report.report })
  }
}

/** Reads what a maintainer asks for. A page elsewhere can't send it: for JSON its browser asks this server first. */
async function readOrder(request: Request): Promise<ReportOrder | Refusal> {
  const body = await readJson(request)
  if ('kind' in body) return body
  const parsed = parseWith(reportOrderSchema, body.value)
  return parsed.ok ? parsed.value : { kind: 'not-an-order', problems: parsed.problems }
}

function notReportable(expected: string): Refusal {
  return { kind: 'not-reportable', problems: [{ field: 'week', expected }] }
}
