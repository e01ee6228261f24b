import type { Operator } from '@voicemode-telemetry/protocol/wire/policy'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import type { Access } from './access/access.ts'
import { addDashboard, letMaintainersIn } from './access/maintainers.ts'
import { addSignIn } from './access/signIn.ts'
import { createRefresh } from './aggregate/refresh.ts'
import { addCharts } from './charts/addCharts.ts'
import type { Host } from './host.ts'
import { addDefaults } from './http/addDefaults.ts'
import { addEvents, createTakeEvent, type TakeEvent } from './ingest/addEvents.ts'
import { addTestEvents } from './ingest/addTestEvents.ts'
import type { IpAddressLimiter } from './limits/ipAddressLimiter.ts'
import { addOperations, createFailureAnswer } from './operate/addOperations.ts'
import { createMetrics, type Metrics } from './operate/metrics.ts'
import { addOpenApi } from './public/openApi.ts'
import { addPolicy } from './public/policy.ts'
import { addTransparency } from './public/transparency.ts'
import { addReports } from './report/addReports.ts'
import { addRights } from './rights/addRights.ts'
import type { Store } from './store/store.ts'

export interface AppOptions {
  store: Store
  host: Host
  access: Access
  /** How many days after its day an event is kept. */
  retentionDays: number
  /** Limits who sends events, by IP address. */
  ipAddresses: IpAddressLimiter
  /** Limits who tries secrets and tokens, by IP address: {@link ATTEMPTS_PER_HOUR}. */
  attempts: IpAddressLimiter
  /** The IP address a request came from, used for its limit and nothing else. */
  ipAddressOf: (context: Context) => string
  /** Who is responsible; where it is absent, the policy says that nobody is named. */
  operator?: Operator
  /** Answers `/` and `/assets/*` with the dashboard's files; where it is absent, they are not there. */
  dashboard?: MiddlewareHandler
  /** See `RefreshOptions`; false where it is absent. */
  inBackground?: boolean
  /** What is counted; one's own where it is absent. */
  metrics?: Metrics
  /** This server's version, for metrics and pages; without one it is not told. */
  version?: string
}

/** How often an IP address may present an installation's secret, fill in the sign-in or show a wrong token in an hour. */
export const ATTEMPTS_PER_HOUR = 20

/** Hono's other routers do not take a path that ends with a slash for the one without, as this one does by itself. */
class StrictLinearRouter<Handler> extends LinearRouter<Handler> {
  override match(method: string, path: string) {
    return super.match(method, path.length > 1 && path.endsWith('/') ? `${path}/` : path)
  }
}

interface Server {
  /** Answers every request. */
  app: Hono
  /** Answers events as the app does, in a fraction of the time. */
  takeEvent: TakeEvent
}

/** The server as a function from request to response. Knows neither sockets nor files. */
export function createApp(options: AppOptions): Server {
  const { host, dashboard, metrics = createMetrics(host.now), inBackground = false } = options
  const answerFailure = createFailureAnswer({ host, metrics })
  const given = { ...options, now: host.now, metrics, inBackground, answerFailure }
  const forMaintainers = letMaintainersIn(given)
  // Hono's own choice finds a route sooner, but takes long to prepare, which a Worker does for each request.
  const app = inBackground ? new Hono() : new Hono({ router: new StrictLinearRouter() })
  addDefaults(app)
  const takeEvent = createTakeEvent({ ...given, countEvent: metrics.countEvent })
  addEvents(app, takeEvent, given.ipAddressOf)
  addTestEvents(app, { ...given, forMaintainers })
  addRights(app, given)
  addCharts(app, { ...given, forMaintainers, refreshCounts: createRefresh(given) })
  addReports(app, { ...given, forMaintainers })
  addSignIn(app, given)
  addDashboard(app, dashboard, given)
  addPolicy(app, given)
  addTransparency(app, given)
  addOpenApi(app)
  addOperations(app, { ...given, forMaintainers })
  return { app, takeEvent }
}
