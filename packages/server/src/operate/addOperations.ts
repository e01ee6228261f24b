import type { Health } from '@voicemode-telemetry/protocol/wire/health'
import type { Hono, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Failure, failuresOf, SomeFailed } from '../failure.ts'
import type { Host } from '../host.ts'
import { type Answer, toResponse } from '../http/answer.ts'
import { answerProblem, composeProblem } from '../http/problem.ts'
import { findLate } from '../jobs/late.ts'
import { type Store, StoreUnavailable } from '../store/store.ts'
import { METRICS_TYPE, type Metrics, type StoreReading } from './metrics.ts'

interface OperationOptions {
  store: Store
  host: Host
  metrics: Metrics
  /** See {@link createFailureAnswer}. */
  answerFailure: (error: Error) => Answer
  forMaintainers: MiddlewareHandler
  /** How many days after its day an event is kept. */
  retentionDays: number
  /** This server's version; without one it is not told. */
  version?: string
}

/** When to ask again after the store could not take something, in seconds. */
const STORE_RETRY_SECONDS = 5

/** Adds what operators look at: health, metrics, and the answer to each request that failed on our side. */
export function addOperations(app: Hono, options: OperationOptions): void {
  const { store, host, metrics, answerFailure, forMaintainers, retentionDays, version = 'unknown' } = options

  /** What keeps the store from taking events; undefined if it takes them. It is counted. */
  async function findFailure(): Promise<Failure | undefined> {
    try {
      await store.check()
      return undefined
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      metrics.countStoreFailure(error.failure.kind)
      return error.failure
    }
  }

  app.get('/healthz', async (context) => {
    const failure = await findFailure()
    if (failure) {
      const { kind } = failure
      host.log({ level: 'error', event: 'store-unavailable', ...failure })
      return composeProblem({
        kind: 'store-unavailable',
        retryAfterSeconds: STORE_RETRY_SECONDS,
        failure: kind,
      })
    }
    const late = await findLate(store, host.now(), retentionDays)
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok', ...(late.length > 0 && { late }) } satisfies Health)
  })

  app.get('/metrics', forMaintainers, async (context) => {
    const reading = (await findFailure()) ? undefined : await readStore(options)
    context.header('cache-control', 'no-store')
    context.header('content-type', METRICS_TYPE)
    return context.body(metrics.write({ version, store: reading, logLinesLost: host.logLinesLost() }))
  })

  app.onError((error) => {
    // Only the check against forms of other sites throws it.
    if (error instanceof HTTPException && error.status === 403) return composeProblem({ kind: 'other-site' })
    return toResponse(answerFailure(error))
  })
}

/** Makes the function that answers a request that failed on our side. It is logged and counted. */
export function createFailureAnswer({ host, metrics }: Pick<OperationOptions, 'host' | 'metrics'>) {
  return (error: Error): Answer => {
    const first = error instanceof SomeFailed ? error.cause : error
    const isOfStore = first instanceof StoreUnavailable
    for (const failure of failuresOf(error)) {
      host.log({ level: 'error', event: isOfStore ? 'store-unavailable' : 'unexpected-error', ...failure })
    }
    if (!isOfStore) return answerProblem({ kind: 'unexpected' })
    metrics.countStoreFailure(first.failure.kind)
    return answerProblem({ kind: 'store-unavailable', retryAfterSeconds: STORE_RETRY_SECONDS })
  }
}

async function readStore({ store, host, retentionDays }: OperationOptions): Promise<StoreReading> {
  const [days, clock, late, unreadable] = await Promise.all([
    store.daysToAggregate(),
    store.checkClock(host.now()),
    findLate(store, host.now(), retentionDays),
    store.unreadableEvents(),
  ])
  return {
    daysToAggregate: days.length,
    isClockBelieved: clock.outcome === 'believed',
    deletionWaits: store.deletionWaits(),
    late,
    unreadable,
  }
}
