import type { Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import type { Call } from './call.ts'
import type { Exchange, Heard } from './exchange.ts'

/** A silence that ends a session, in microseconds. */
export const SESSION_GAP_US = 5 * 60 * 1_000_000

/** Use without a silence of {@link SESSION_GAP_US}. Times are microseconds since 1970. */
export interface Session {
  first: number
  last: number
  exchanges: number
  /** The last one that was named. */
  transport: Transport | undefined
  ttsProviders: Set<TtsProvider>
  /** What was heard, with the provider that the line names. */
  heard: Heard[]
}

/**
 * The sessions of some exchanges. VoiceMode's `conversation_id` goes on for days where two assistants take turns, so that
 * only a silence tells where a session ends.
 *
 * @param exchanges in any order; of equal times the later line counts as the later.
 */
export function sessionsOf(exchanges: readonly Exchange[]): Session[] {
  const sessions: Session[] = []
  const open = new Map<string, Session>()
  for (const exchange of exchanges.toSorted((a, b) => a.at - b.at)) {
    let session = open.get(exchange.conversationId)
    if (!session || exchange.at - session.last >= SESSION_GAP_US) {
      session = sessionFrom(exchange.at)
      open.set(exchange.conversationId, session)
      sessions.push(session)
    }
    session.last = exchange.at
    session.exchanges += 1
    session.transport = exchange.transport ?? session.transport
    if (exchange.kind === 'stt') session.heard.push(exchange)
    else if (exchange.provider) session.ttsProviders.add(exchange.provider)
  }
  return sessions
}

function sessionFrom(at: number): Session {
  return {
    first: at,
    last: at,
    exchanges: 0,
    transport: undefined,
    ttsProviders: new Set(),
    heard: [],
  }
}

/** The sessions of calls, for a day without a conversation log. Who spoke and listened is not known. @param calls in any order. */
export function sessionsOfCalls(calls: readonly Call[]): Session[] {
  const sessions: Session[] = []
  for (const call of calls.toSorted((a, b) => a.begunAt - b.begunAt)) {
    let session = sessions.at(-1)
    if (!session || call.begunAt - session.last >= SESSION_GAP_US) {
      session = sessionFrom(call.begunAt)
      sessions.push(session)
    }
    session.last = Math.max(session.last, call.endedAt)
    session.exchanges += call.exchanges
  }
  return sessions
}
