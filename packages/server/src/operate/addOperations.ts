import type { Hono, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Host } from '../host.ts'
import { composeProblem } from '../http/problem.ts'
import { codeOf, type Store, StoreUnavailable } from '../store/store.ts'
import { METRICS_TYPE, type Metrics, type StoreReading } from './metrics.ts'

interface OperationOptions {
  store: Store
  host: Host
  metrics: Metrics
  forMaintainers: MiddlewareHandler
  /** This server's version; without one it is not told. */
  version?: string
}

/** When to ask again after the store could not take something, in seconds. */
const STORE_RETRY_SECONDS = 5

/** Adds what operators look at: health, metrics, and a log line for each request that failed on our side. */
export function addOperations(app: Hono, options: OperationOptions): void {
  const { store, host, metrics, forMaintainers, version = 'unknown' } = options

  app.get('/healthz', async (context) => {
    await store.check()
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok' })
  })

  app.get('/metrics', forMaintainers, async (context) => {
    const reading = await readStore(store, host.now()).catch((error) => {
      if (!(error instanceof StoreUnavailable)) throw error
      metrics.countStoreFailure()
      return undefined
    })
    context.header('cache-control', 'no-store')
    context.header('content-type', METRICS_TYPE)
    return context.body(metrics.write({ version, store: reading }))
  })

  app.onError((error) => {
    // Only the check against forms of other sites throws it.
    if (error instanceof HTTPException && error.status === 403) return composeProblem({ kind: 'other-site' })
    const code = codeOf(error)
    if (!(error instanceof StoreUnavailable)) {
      host.log({ level: 'error', event: 'unexpected-error', code })
      return composeProblem({ kind: 'unexpected' })
    }
    metrics.countStoreFailure()
    host.log({ level: 'error', event: 'store-unavailable', code })
    return composeProblem({ kind: 'store-unavailable', retryAfterSeconds: STORE_RETRY_SECONDS })
  })
}

async function readStore(store: Store, now: number): Promise<StoreReading> {
  const [days, clock] = await Promise.all([store.daysToAggregate(), store.checkClock(now)])
  return { daysToAggregate: days.length, isClockBelieved: clock.outcome === 'believed' }
}
