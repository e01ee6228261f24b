import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { type Access, refuseStranger } from './access/access.ts'
import { addSignIn, SIGN_IN_PATH, SIGN_OUT_PATH } from './access/signIn.ts'
import { createRefresh } from './aggregate/refresh.ts'
import {
  composeSegmentRows,
  parseChartQuery,
  parseSegmentQuery,
  writeCsv,
  writeSegmentsCsv,
} from './charts/charts.ts'
import type { Host } from './host.ts'
import { PAGE_STYLE, PAGE_STYLE_PATH } from './http/pages.ts'
import { composeProblem, type Refusal } from './http/problem.ts'
import { admit, dayRefusal, type GateRules } from './ingest/gates.ts'
import type { AddressLimiter } from './limits/addressLimiter.ts'
import { createMetrics, METRICS_TYPE, type Metrics } from './operate/metrics.ts'
import openApi from './public/openApi.json' with { type: 'json' }
import { addPolicy } from './public/policy.ts'
import { addTransparency } from './public/transparency.ts'
import { addReports } from './report/addReports.ts'
import { proveInstallation } from './rights/proof.ts'
import { codeOf, type Store, StoreUnavailable } from './store/store.ts'

export interface AppOptions extends Omit<GateRules, 'now'> {
  store: Store
  host: Host
  access: Access
  /** Limits who tries secrets and tokens, by address: {@link ATTEMPTS_PER_HOUR}. */
  attempts: AddressLimiter
  /** The address a request came from, used for its limit and nothing else. */
  addressOf: (context: Context) => string
  /** Answers `/` and `/assets/*` with the dashboard's files; where it is absent, they are not there. */
  dashboard?: MiddlewareHandler
  /** See `RefreshOptions`; false where it is absent. */
  inBackground?: boolean
  /** What is counted; one's own where it is absent. */
  metrics?: Metrics
  /** This server's version, for metrics and pages; without one it is not told. */
  version?: string
}

/** How often an address may present an installation's secret, fill in the sign-in or show a wrong token in an hour. */
export const ATTEMPTS_PER_HOUR = 20

/** When to ask again after the store could not take something, in seconds. */
const STORE_RETRY_SECONDS = 5

/** What an answer tells browsers unless it is stricter itself. */
const SECURITY_HEADERS: [string, string][] = [
  [
    'content-security-policy',
    // Plot draws with style elements of its own; nothing else may be inline.
    "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  ],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
]

/** The server as a function from request to response. Knows neither sockets nor files. */
export function createApp(options: AppOptions): Hono {
  const { store, host, access, dashboard, version = 'unknown', metrics = createMetrics() } = options
  const rules: GateRules = { ...options, now: host.now }
  const refreshCounts = createRefresh({
    store,
    host,
    retentionDays: options.retentionDays,
    inBackground: options.inBackground ?? false,
  })
  const app = new Hono()

  app.use(async (context, next) => {
    await next()
    for (const [name, value] of SECURITY_HEADERS) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
    }
  })

  const admitMaintainers =
    (turnAway: (context: Context, refusal: Refusal) => Response): MiddlewareHandler =>
    async (context, next) => {
      const refusal = await refuseStranger(context.req.raw, access, host.now(), (cost) =>
        options.attempts.take(options.addressOf(context), cost),
      )
      if (refusal) return turnAway(context, refusal)
      await next()
      // Where there is a way in, the dashboard shows the way out.
      if (access.by === 'token') context.res.headers.set('link', `<${SIGN_OUT_PATH}>; rel="sign-out"`)
      return undefined
    }
  const forMaintainers = admitMaintainers((_context, refusal) => composeProblem(refusal))
  /** A person who comes to the door is shown where to sign in. */
  const forMaintainersAtTheDoor = admitMaintainers((context, refusal) => {
    if (refusal.kind !== 'not-signed-in') return composeProblem(refusal)
    context.header('cache-control', 'no-store')
    return context.redirect(SIGN_IN_PATH, 303)
  })

  app.post('/v1/events', async (context) => {
    const admission = await admit(context.req.raw, options.addressOf(context), rules)
    switch (admission.outcome) {
      case 'withheld':
        metrics.countEvent('withheld')
        return context.body(null, 204)
      case 'refused':
        metrics.countEvent('refused', admission.refusal.kind)
        return composeProblem(admission.refusal)
      case 'admitted':
        break
      default:
        throw admission satisfies never
    }
    const { event_id } = admission.event
    const added = await store.add(admission.event).catch((error) => {
      metrics.countEvent('unavailable')
      throw error
    })
    metrics.countEvent(added.outcome)
    switch (added.outcome) {
      case 'stored':
      case 'buried':
        return context.json({ status: 'ok', event_id })
      case 'duplicate':
        return context.json({ status: 'ok', event_id, duplicate: true })
      case 'limited': {
        const { retryAfterSeconds } = added
        return composeProblem({ kind: 'too-many-from-installation', retryAfterSeconds })
      }
      case 'forgotten':
        return composeProblem(dayRefusal(options.retentionDays))
      default:
        throw added satisfies never
    }
  })

  const proveTo = (context: Context) =>
    proveInstallation(context.req.raw, options.addressOf(context), options.attempts)

  app.post('/v1/rights/export', async (context) => {
    const proof = await proveTo(context)
    if (proof.outcome === 'refused') return composeProblem(proof.refusal)
    const { telemetryId: telemetry_id } = proof
    const events = await store.exportInstallation(telemetry_id)
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok', telemetry_id, events })
  })

  app.post('/v1/rights/delete', async (context) => {
    const proof = await proveTo(context)
    if (proof.outcome === 'refused') return composeProblem(proof.refusal)
    await store.deleteInstallation(proof.telemetryId)
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok' })
  })

  app.get('/v1/charts/daily', forMaintainers, async (context) => {
    const parsed = parseChartQuery(context.req.query(), host.now())
    if (!parsed.ok) return composeProblem({ kind: 'not-a-query', problems: parsed.problems })
    const { from, to, format, ...of } = parsed.query
    await refreshCounts()
    const counts = await store.counts(from, to, of)
    if (format === 'csv') return answerCsv(context, `counts-${from}-${to}`, writeCsv(counts))
    context.header('cache-control', 'no-store')
    return context.json({ from, to, filter: context.req.query('filter'), counts })
  })

  app.get('/v1/charts/segments', forMaintainers, async (context) => {
    const parsed = parseSegmentQuery(context.req.query(), host.now())
    if (!parsed.ok) return composeProblem({ kind: 'not-a-query', problems: parsed.problems })
    const { from, to, format, field, value } = parsed.query
    await refreshCounts()
    const segments = composeSegmentRows(await store.segmentSums(from, to, { field, value }))
    if (format === 'csv') return answerCsv(context, `segments-${from}-${to}`, writeSegmentsCsv(segments))
    context.header('cache-control', 'no-store')
    return context.json({ from, to, field, value, segments })
  })

  app.get('/healthz', async (context) => {
    await store.check()
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok' })
  })

  app.get('/metrics', forMaintainers, async (context) => {
    const days = await store.unfoldedDays().catch((error) => {
      if (!(error instanceof StoreUnavailable)) throw error
      metrics.countStoreFailure()
      return undefined
    })
    context.header('cache-control', 'no-store')
    context.header('content-type', METRICS_TYPE)
    return context.body(metrics.write({ version, store: days && { unfoldedDays: days.length } }))
  })

  app.get('/openapi.json', (context) => {
    context.header('cache-control', 'public, max-age=3600')
    return context.json(openApi)
  })

  addPolicy(app, options.retentionDays)
  const forEveryone = { store, now: host.now, retentionDays: options.retentionDays }
  addTransparency(app, forEveryone)
  addReports(app, { ...forEveryone, forMaintainers })
  app.get(PAGE_STYLE_PATH, (context) => {
    context.header('cache-control', 'public, max-age=3600')
    return context.body(PAGE_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' })
  })
  if (access.by === 'token') addSignIn(app, { ...options, token: access.token, now: host.now })
  if (dashboard) {
    app.get('/', forMaintainersAtTheDoor, dashboard)
    app.get('/assets/*', forMaintainers, dashboard)
  }

  app.notFound((context) => {
    const allow = methodsAt(app, context.req.path)
    if (allow.length === 0 || allow.includes(context.req.method)) return composeProblem({ kind: 'not-found' })
    return composeProblem({ kind: 'method-not-allowed', allow: allow.join(', ') })
  })
  app.onError((error) => {
    const refusal = refusalOf(error)
    if (refusal.kind === 'store-unavailable') metrics.countStoreFailure()
    const event = refusal.kind === 'store-unavailable' ? 'store-unavailable' : 'unexpected-error'
    host.log({ level: 'error', event, code: codeOf(error) })
    return composeProblem(refusal)
  })
  return app
}

function answerCsv(context: Context, name: string, csv: string): Response {
  context.header('cache-control', 'no-store')
  context.header('content-type', 'text/csv; charset=utf-8')
  context.header('content-disposition', `attachment; filename="${name}.csv"`)
  return context.body(csv)
}

/** The methods an address takes, whatever the request's own. */
function methodsAt(app: Hono, path: string): string[] {
  const taken = ['GET', 'POST'].filter((method) => {
    const [matches] = app.router.match(method, path)
    return matches.some(([[, route]]) => route.method === method)
  })
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

function refusalOf(error: Error): Refusal {
  if (!(error instanceof StoreUnavailable)) return { kind: 'unexpected' }
  return { kind: 'store-unavailable', retryAfterSeconds: STORE_RETRY_SECONDS }
}
