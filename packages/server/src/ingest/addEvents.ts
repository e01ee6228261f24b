import type { EventAnswer } from '@voicemode-telemetry/protocol/wire/events'
import type { Context, Hono } from 'hono'
import { type Answer, answerJson, toResponse } from '../http/answer.ts'
import { type RequestView, viewOf } from '../http/body.ts'
import { answerProblem } from '../http/problem.ts'
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
  /** Is told of each outcome. @param kind the problem's type, for what is refused. */
  countEvent: (outcome: EventOutcome, kind?: string) => void
  /** Answers what failed on our side. */
  answerFailure: (error: Error) => Answer
}

export const EVENTS_PATH = '/v1/events'

/**
 * Answers a `POST` to {@link EVENTS_PATH}, whatever carries it. Never rejects.
 *
 * @param ipAddress where the request came from, used for its limit and nothing else.
 */
export type TakeEvent = (request: RequestView, ipAddress: string) => Promise<Answer>

/** Each event is led through the gates, stored, and only then acknowledged. */
export function createTakeEvent(options: EventOptions): TakeEvent {
  const { store, countEvent, answerFailure } = options

  return async (request, ipAddress) => {
    try {
      const admitted = await admit(request, ipAddress, options)
      if (admitted === 'withheld') {
        countEvent('withheld')
        return NO_CONTENT
      }
      if ('kind' in admitted) {
        countEvent('refused', admitted.kind)
        return answerProblem(admitted)
      }
      const added = await store.add(admitted).catch((error) => {
        countEvent('unavailable')
        throw error
      })
      countEvent(added.outcome)
      return answerAdded(added, { eventId: admitted.event_id, rules: options })
    } catch (error) {
      return answerFailure(error as Error)
    }
  }
}

const NO_CONTENT: Answer = { status: 204, headers: {}, body: null }

/** Adds the route that takes events. */
export function addEvents(app: Hono, takeEvent: TakeEvent, ipAddressOf: (context: Context) => string): void {
  app.post(EVENTS_PATH, async (context) =>
    toResponse(await takeEvent(viewOf(context.req.raw), ipAddressOf(context))),
  )
}

function answerAdded(added: Added, of: { eventId: string; rules: GateRules }): Answer {
  switch (added.outcome) {
    case 'stored':
    case 'suppressed':
      return answerJson({ status: 'ok', event_id: of.eventId } satisfies EventAnswer)
    case 'duplicate':
    case 'conflicting':
      return answerJson({ status: 'ok', event_id: of.eventId, duplicate: true } satisfies EventAnswer)
    case 'limited': {
      const { retryAfterSeconds } = added
      return answerProblem({ kind: 'too-many-from-installation', retryAfterSeconds })
    }
    case 'forgotten':
      return answerProblem(pastRetention(of.rules))
    default:
      throw added satisfies never
  }
}
