import {
  addDays,
  type Day,
  type ErrorType,
  type FailedStep,
  MAX_COUNT,
  type SttProvider,
  startOfDay,
} from '@voicemode-telemetry/protocol'
import type { Call } from './call.ts'
import type { EventLine } from './eventLine.ts'
import type { Exchange, Heard } from './exchange.ts'
import type { Lines } from './lines.ts'
import { answersOf, speechOf } from './nearby.ts'
import { failedStepOf, type Hearing, isOperation } from './operation.ts'
import { answeringProvider } from './provider.ts'
import { SESSION_GAP_US, type Session } from './session.ts'

/** What happened on a UTC day: what the fields of its event are counted of. */
export interface DayRecord {
  day: Day
  sessions: readonly (Omit<Session, 'heard'> & { sttProviders: ReadonlySet<SttProvider> })[]
  /** Of each operation the step at which it failed; undefined where it went well. */
  operations: readonly (FailedStep | undefined)[]
  errors: readonly ErrorType[]
  /** Whether the event log holds a call of the day. */
  hasCall: boolean
  /** VoiceMode's version, of the newest line that names one. */
  version: string | undefined
}

/** What the logs tell around a day, as far as its sessions and calls reach. */
export interface DayLogs {
  exchanges: readonly Exchange[]
  sessions: readonly Session[]
  events: Lines<EventLine>
  calls: readonly Call[]
}

/** Instants in microseconds since 1970. */
export interface CountOptions {
  /** The present: a session that may still go on is left for later. */
  now: number
  /** The yes: only what began, or happened, after it is counted. Default: everything. */
  since?: number | undefined
}

/** What happened on a day. */
export function recordDay(day: Day, logs: DayLogs, { now, since = 0 }: CountOptions): DayRecord {
  const isOfDay = isWithin(day)
  const exchanges = logs.exchanges.filter(({ at }) => isOfDay(at))
  const calls = logs.calls.filter(({ endedAt }) => isOfDay(endedAt))
  let hasEvents = false
  const failures: { at: number; error: ErrorType | undefined }[] = []
  logs.events.forEach(({ at, error }) => {
    if (!isOfDay(at)) return
    hasEvents = true
    if (error) failures.push({ at, error })
  })
  const hearing: Hearing = { hasExchanges: exchanges.length > 0, wasSpoken: speechOf(logs.exchanges) }
  const isLocalAt = answersOf(logs.events)
  return {
    day,
    sessions: logs.sessions
      .filter(({ first, last }) => isOfDay(last) && first >= since && now - last >= SESSION_GAP_US)
      // As many as an event can hold.
      .slice(0, MAX_COUNT)
      .map(({ heard, ...session }) => ({ ...session, sttProviders: providersThatHeard(heard, isLocalAt) })),
    operations:
      calls.length > 0
        ? calls
            .filter((call) => call.endedAt >= since && isOperation(call))
            .map((call) => failedStepOf(call, hearing))
        : exchanges.filter(({ at }) => at >= since).map(failedStepIn),
    errors: (hasEvents ? failures : exchanges)
      .filter(({ at }) => at >= since)
      .flatMap(({ error }) => error ?? []),
    hasCall: calls.length > 0,
    version: newestVersion(exchanges),
  }
}

/** Whether an instant, in microseconds since 1970, is on a day. */
export function isWithin(day: Day): (at: number) => boolean {
  const [start, end] = [startOfDay(day), startOfDay(addDays(day, 1))].map((ms) => ms * 1000) as [
    number,
    number,
  ]
  return (at) => at >= start && at < end
}

function providersThatHeard(
  heard: readonly Heard[],
  isLocalAt: (at: number) => boolean | undefined,
): ReadonlySet<SttProvider> {
  const providers = heard.map(({ at, provider }) => provider && answeringProvider(provider, isLocalAt(at)))
  return new Set(providers.filter((provider) => provider !== undefined))
}

/** The step at which an exchange failed, where a day has no calls to tell of. */
function failedStepIn({ error, kind }: Exchange): FailedStep | undefined {
  if (error === undefined) return undefined
  return kind === 'tts' ? 'speak' : 'transcribe'
}

function newestVersion(exchanges: readonly Exchange[]): string | undefined {
  return exchanges
    .filter(({ version }) => version !== undefined)
    .reduce<Exchange | undefined>((newest, one) => (newest && newest.at > one.at ? newest : one), undefined)
    ?.version
}
