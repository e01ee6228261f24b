import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { type Access, refuseStranger } from './access.ts'
import { parseChartQuery, writeCsv } from './charts.ts'
import { foldUnfolded, oneAtATime } from './dailyJob.ts'
import { admit, dayRefusal, type GateRules } from './gates.ts'
import type { Host } from './host.ts'
import { composeProblem, type Refusal } from './problem.ts'
import { type Store, StoreUnavailable } from './store.ts'

export interface AppOptions extends Omit<GateRules, 'now'> {
  store: Store
  host: Host
  access: Access
  /** The address a request came from, used for its limit and nothing else. */
  addressOf: (context: Context) => string
  /** Answers `/` and `/assets/*` with the dashboard's files; where it is absent, they are not there. */
  dashboard?: MiddlewareHandler
}

/** When to ask again after the store could not take something, in seconds. */
const STORE_RETRY_SECONDS = 5

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
  const { store, host, access, dashboard } = options
  const rules: GateRules = { ...options, now: host.now }
  const refreshCounts = oneAtATime(() => foldUnfolded(store))
  const app = new Hono()

  app.use(async (context, next) => {
    await next()
    for (const [name, value] of SECURITY_HEADERS) context.res.headers.set(name, value)
  })

  const forMaintainers: MiddlewareHandler = async (context, next) => {
    const refusal = await refuseStranger(context.req.raw, access)
    return refusal ? composeProblem(refusal) : next()
  }

  app.post('/v1/events', async (context) => {
    const admission = await admit(context.req.raw, options.addressOf(context), rules)
    switch (admission.outcome) {
      case 'withheld':
        return context.body(null, 204)
      case 'refused':
        return composeProblem(admission.refusal)
      case 'admitted':
        break
      default:
        throw admission satisfies never
    }
    const { event_id } = admission.event
    const added = await store.add(admission.event)
    switch (added.outcome) {
      case 'stored':
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

  app.get('/v1/charts/daily', forMaintainers, async (context) => {
    const parsed = parseChartQuery(context.req.query(), host.now())
    if (!parsed.ok) return composeProblem({ kind: 'not-a-query', problems: parsed.problems })
    const { from, to, format } = parsed.query
    await refreshCounts()
    const counts = await store.counts(from, to)
    context.header('cache-control', 'no-store')
    if (format === 'json') return context.json({ from, to, counts })
    context.header('content-type', 'text/csv; charset=utf-8')
    context.header('content-disposition', `attachment; filename="counts-${from}-${to}.csv"`)
    return context.body(writeCsv(counts))
  })

  app.get('/healthz', async (context) => {
    await store.check()
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok' })
  })

  if (dashboard) {
    app.get('/', forMaintainers, dashboard)
    app.get('/assets/*', forMaintainers, dashboard)
  }

  app.notFound((context) => {
    const allow = methodsAt(app, context.req.path)
    if (allow.length === 0 || allow.includes(context.req.method)) return composeProblem({ kind: 'not-found' })
    return composeProblem({ kind: 'method-not-allowed', allow: allow.join(', ') })
  })
  app.onError((error) => composeProblem(refusalOf(error, host)))
  return app
}

/** The methods an address takes, whatever the request's own. */
function methodsAt(app: Hono, path: string): string[] {
  const taken = ['GET', 'POST'].filter((method) => {
    const [matches] = app.router.match(method, path)
    return matches.some(([[, route]]) => route.method === method)
  })
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** Logs an error that is our own, by its name alone: a message could hold something of the request. */
function refusalOf(error: Error, host: Host): Refusal {
  if (error instanceof StoreUnavailable) {
    host.log(error.message)
    return { kind: 'store-unavailable', retryAfterSeconds: STORE_RETRY_SECONDS }
  }
  host.log(`unexpected error: ${error.name}`)
  return { kind: 'unexpected' }
}
