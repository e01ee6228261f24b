import type { EventAnswer } from '@voicemode-telemetry/protocol/wire/events'
import type { Context, Hono } from 'hono'
import { composeProblem } from '../http/problem.ts'
import type { Added, Store } from '../store/store.ts'
import { admit, type GateRules, pastRetention } from './gates.ts'

/**
 * What became of a `POST /v1/events`. `refused` was turned away by a gate, `unavailable` by a store that could not take
 * it; every other word is the store's.
 */
export const EVENT_OUTCOMES = [
  ...([
    'stored',
    'duplicate',
    'conflicting',
    'limited',
    'forgotten',
    'suppressed',
  ] satisfies Added['outcome'][]),
  ...(['withheld', 'refused', 'unavailable'] as const),
] as const

export type EventOutcome = (typeof EVENT_OUTCOMES)[number]

interface EventOptions extends GateRules {
  store: Store
  /** The IP address a request came from, used for its limit and nothing else. */
  ipAddressOf: (context: Context) => string
  /** Is told of each outcome. @param kind the problem's type, for what is refused. */
  countEvent: (outcome: EventOutcome, kind?: string) => void
}

/** Adds the route that takes events: each is led through the gates, stored, and only then acknowledged. */
export function addEvents(app: Hono, options: EventOptions): void {
  const { store, ipAddressOf, countEvent } = options
  app.post('/v1/events', async (context) => {
    const admitted = await admit(context.req.raw, ipAddressOf(context), options)
    if (admitted === 'withheld') {
      countEvent('withheld')
      return context.body(null, 204)
    }
    if ('kind' in admitted) {
      countEvent('refused', admitted.kind)
      return composeProblem(admitted)
    }
    const added = await store.add(admitted).catch((error) => {
      countEvent('unavailable')
      throw error
    })
    countEvent(added.outcome)
    return answerAdded(context, added, { eventId: admitted.event_id, rules: options })
  })
}

function answerAdded(context: Context, added: Added, of: { eventId: string; rules: GateRules }): Response {
  switch (added.outcome) {
    case 'stored':
    case 'suppressed':
      return context.json({ status: 'ok', event_id: of.eventId } satisfies EventAnswer)
    case 'duplicate':
    case 'conflicting':
      return context.json({ status: 'ok', event_id: of.eventId, duplicate: true } satisfies EventAnswer)
    case 'limited': {
      const { retryAfterSeconds } = added
      return composeProblem({ kind: 'too-many-from-installation', retryAfterSeconds })
    }
    case 'forgotten':
      return composeProblem(pastRetention(of.rules))
    default:
      throw added satisfies never
  }
}
