import type { DailyCounts, Segments } from '@voicemode-telemetry/protocol/wire/charts'
import type { Hono, MiddlewareHandler } from 'hono'
import { answerCsv } from '../http/csv.ts'
import { composeProblem } from '../http/problem.ts'
import type { Store } from '../store/store.ts'
import {
  composeSegmentRows,
  parseChartQuery,
  parseSegmentQuery,
  writeCsv,
  writeSegmentsCsv,
} from './charts.ts'

interface ChartOptions {
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
  /** Lets maintainers through and answers everyone else. */
  forMaintainers: MiddlewareHandler
  /** Brings the counts up to date, see `createRefresh`. */
  refreshCounts: () => Promise<void>
}

const NOT_KEPT = 'no-store'

/** Adds the routes with the numbers of charts, as JSON and CSV. */
export function addCharts(app: Hono, { store, now, forMaintainers, refreshCounts }: ChartOptions): void {
  app.get('/v1/charts/daily', forMaintainers, async (context) => {
    const parsed = parseChartQuery(context.req.query(), now())
    if (!parsed.ok) return composeProblem({ kind: 'not-a-query', problems: parsed.problems })
    const { from, to, format, ...of } = parsed.value
    await refreshCounts()
    const counts = await store.counts(from, to, of)
    if (format === 'csv') {
      const name = `counts-${from}-${to}`
      return answerCsv(context, { name, csv: writeCsv(counts), cacheControl: NOT_KEPT })
    }
    context.header('cache-control', NOT_KEPT)
    const filter = context.req.query('filter')
    const since = await store.firstDay()
    return context.json({
      ...{ from, to, since, ...(filter !== undefined && { filter }) },
      counts,
    } satisfies DailyCounts)
  })

  app.get('/v1/charts/segments', forMaintainers, async (context) => {
    const parsed = parseSegmentQuery(context.req.query(), now())
    if (!parsed.ok) return composeProblem({ kind: 'not-a-query', problems: parsed.problems })
    const { from, to, format, ...of } = parsed.value
    await refreshCounts()
    const segments = composeSegmentRows(await store.segmentSums(from, to, of))
    if (format === 'csv') {
      const name = `segments-${from}-${to}`
      return answerCsv(context, { name, csv: writeSegmentsCsv(segments), cacheControl: NOT_KEPT })
    }
    context.header('cache-control', NOT_KEPT)
    return context.json({ from, to, ...of, segments } satisfies Segments)
  })
}
