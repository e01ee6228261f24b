import type { EventAnswer, TestEventAnswer } from '@voicemode-telemetry/protocol/wire/events'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { viewOf } from '../http/body.ts'
import { composeProblem } from '../http/problem.ts'
import type { Store } from '../store/store.ts'
import { admit, type GateRules } from './gates.ts'

interface TestEventOptions extends GateRules {
  store: Store
  /** The IP address a request came from, used for its limit and nothing else. */
  ipAddressOf: (context: Context) => string
  /** Lets maintainers through and answers everyone else. */
  forMaintainers: MiddlewareHandler
}

const PATH = '/v1/events/test'

/**
 * Adds the routes by which a maintainer sees that events get through. A test event passes the gates of every event; then only its
 * arrival is kept, so that no chart, report, export or metric counts it.
 */
export function addTestEvents(app: Hono, options: TestEventOptions): void {
  const { store, ipAddressOf, forMaintainers, now } = options
  app.post(PATH, async (context) => {
    const admitted = await admit(viewOf(context.req.raw), ipAddressOf(context), options)
    if (admitted === 'withheld') return context.body(null, 204)
    if ('kind' in admitted) return composeProblem(admitted)
    await store.noteTestEvent({ arrivedAt: now(), version: admitted.environment.version })
    return context.json({ status: 'ok', event_id: admitted.event_id } satisfies EventAnswer)
  })

  app.get(PATH, forMaintainers, async (context) => {
    const last = await store.lastTestEvent()
    context.header('cache-control', 'no-store')
    return context.json({
      last: last ? { arrived_at: new Date(last.arrivedAt).toISOString(), version: last.version } : null,
    } satisfies TestEventAnswer)
  })
}
