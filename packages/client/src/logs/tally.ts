import {
  type Day,
  type DurationBin,
  dayAt,
  type ErrorType,
  type ExchangeBin,
  MAX_COUNT,
  STT_PROVIDERS,
  type SttProvider,
  type Transport,
  TTS_PROVIDERS,
  type TtsProvider,
} from '@voicemode-telemetry/protocol'
import { binDuration, binExchanges } from '../privacy.ts'
import type { Exchange, LogEvent } from './logLine.ts'

/** A session whose last exchange is younger than this may still go on, in microseconds. */
const SESSION_GAP_US = 5 * 60 * 1_000_000

/** Sessions remembered while logs are read: more than a day can report, few enough for the memory that is promised. */
const MAX_SESSIONS = 150_000

export type Counts<Word extends string> = Map<Word, number>

/** What happened on one UTC day, counted by the rules of the event contract. */
export interface DayTally {
  day: Day
  sessions: number
  durations: Counts<DurationBin>
  exchanges: Counts<ExchangeBin>
  transports: Counts<Transport>
  ttsProviders: Counts<TtsProvider>
  sttProviders: Counts<SttProvider>
  operations: number
  succeeded: number
  errors: Counts<ErrorType>
  version: string | undefined
}

export interface TallyOptions {
  /** The present, in microseconds since 1970: sessions that may still go on are left for later. */
  now: number
  /** Only what began after this instant counts, in microseconds since 1970. Default: everything. */
  since?: number
}

interface Session {
  first: number
  last: number
  exchanges: number
  transport: Transport | undefined
  /** When the transport was named, and in which file: of equal times the later line decides. */
  transportAt: number
  transportFile: Day
  /** Bit n stands for the nth word of the vocabulary: a set of its own for every session would take much memory. */
  ttsProviders: number
  sttProviders: number
}

interface Operations {
  all: number
  succeeded: number
  errors: Counts<ErrorType>
}

interface DayLines {
  exchanges: Operations
  /** Whether any exchange, of whatever time, stands on the day. */
  hasExchanges: boolean
  hasEvents: boolean
  hasOperations: boolean
  events: Operations
  version: string | undefined
  versionAt: number
}

/** Where a line came from. */
export interface LineSource {
  /** The date in the file's name. */
  file: Day
  /** Whether the file may hold the wanted days; lines of others only lengthen sessions that are known. */
  opensSessions: boolean
}

/** Counts log lines as they are read, in any order within a file, and then tells of single days. */
export class Tally {
  readonly #since: number
  readonly #now: number
  readonly #conversations = new Map<string, Session>()
  readonly #calls = new Map<string, Session>()
  readonly #days = new Map<Day, DayLines>()

  /** @param days the days that will be asked for; others are not counted. */
  constructor(days: readonly Day[], options: TallyOptions) {
    this.#since = options.since ?? Number.NEGATIVE_INFINITY
    this.#now = options.now
    for (const day of days) {
      this.#days.set(day, {
        exchanges: noOperations(),
        hasExchanges: false,
        hasEvents: false,
        hasOperations: false,
        events: noOperations(),
        version: undefined,
        versionAt: Number.NEGATIVE_INFINITY,
      })
    }
  }

  addExchange(exchange: Exchange, source: LineSource): void {
    const session = open(this.#conversations, exchange.conversationId, exchange.at, source)
    if (session) {
      session.exchanges += 1
      noteTransport(session, exchange, source)
      if (exchange.ttsProvider) session.ttsProviders |= bitOf(TTS_PROVIDERS, exchange.ttsProvider)
      if (exchange.sttProvider) session.sttProviders |= bitOf(STT_PROVIDERS, exchange.sttProvider)
    }
    const day = this.#days.get(dayOfMicros(exchange.at))
    if (!day) return
    day.hasExchanges = true
    if (exchange.at < this.#since) return
    addOperation(day.exchanges, exchange.error === undefined)
    if (exchange.error) increment(day.exchanges.errors, exchange.error)
    if (exchange.version && exchange.at >= day.versionAt) {
      day.version = exchange.version
      day.versionAt = exchange.at
    }
  }

  /** Only after the last exchange was added: whether a call can be a session depends on there being none. */
  addEvent(event: LogEvent, source: LineSource): void {
    if (event.sessionId !== undefined && this.needsCalls) {
      const session = open(this.#calls, event.sessionId, event.at, source)
      if (session && event.isExchange) session.exchanges += 1
    }
    const day = this.#days.get(dayOfMicros(event.at))
    if (!day) return
    day.hasEvents = true
    if (event.operation) day.hasOperations = true
    if (event.at < this.#since) return
    if (event.operation) addOperation(day.events, event.operation === 'succeeded')
    if (event.error) increment(day.events.errors, event.error)
  }

  /** Whether sessions of a wanted day have to be taken from the event logs, once all conversation logs were read. */
  get needsCalls(): boolean {
    for (const day of this.#days.values()) if (!day.hasExchanges) return true
    return false
  }

  /** @throws RangeError for a day that was not asked for at first. */
  ofDay(day: Day): DayTally {
    const lines = this.#days.get(day)
    if (!lines) throw new RangeError(`${day} is none of the days that were counted`)
    const { all, succeeded } = lines.hasOperations ? lines.events : lines.exchanges
    const tally: DayTally = {
      day,
      sessions: 0,
      durations: new Map(),
      exchanges: new Map(),
      transports: new Map(),
      ttsProviders: new Map(),
      sttProviders: new Map(),
      operations: all,
      succeeded,
      errors: (lines.hasEvents ? lines.events : lines.exchanges).errors,
      version: lines.version,
    }
    for (const session of this.#sessionsOf(day, lines.hasExchanges ? this.#conversations : this.#calls)) {
      tally.sessions += 1
      increment(tally.durations, binDuration((session.last - session.first) / 1_000_000))
      increment(tally.exchanges, binExchanges(session.exchanges))
      if (session.transport) increment(tally.transports, session.transport)
      for (const provider of wordsOf(TTS_PROVIDERS, session.ttsProviders))
        increment(tally.ttsProviders, provider)
      for (const provider of wordsOf(STT_PROVIDERS, session.sttProviders))
        increment(tally.sttProviders, provider)
    }
    return tally
  }

  /** The sessions that ended on a day, as many as an event can hold. */
  *#sessionsOf(day: Day, sessions: Map<string, Session>): Iterable<Session> {
    let found = 0
    for (const session of sessions.values()) {
      const isOver = this.#now - session.last >= SESSION_GAP_US
      if (!isOver || session.first < this.#since || dayOfMicros(session.last) !== day) continue
      if (found++ === MAX_COUNT) return
      yield session
    }
  }
}

function open(
  sessions: Map<string, Session>,
  id: string,
  at: number,
  source: LineSource,
): Session | undefined {
  const known = sessions.get(id)
  if (known) {
    known.first = Math.min(known.first, at)
    known.last = Math.max(known.last, at)
    return known
  }
  if (!source.opensSessions || sessions.size >= MAX_SESSIONS) return undefined
  const session: Session = {
    first: at,
    last: at,
    exchanges: 0,
    transport: undefined,
    transportAt: Number.NEGATIVE_INFINITY,
    transportFile: '',
    ttsProviders: 0,
    sttProviders: 0,
  }
  sessions.set(id, session)
  return session
}

function noteTransport(session: Session, exchange: Exchange, source: LineSource): void {
  if (!exchange.transport || exchange.at < session.transportAt) return
  if (exchange.at === session.transportAt && source.file < session.transportFile) return
  session.transport = exchange.transport
  session.transportAt = exchange.at
  session.transportFile = source.file
}

function bitOf<Word extends string>(words: readonly Word[], word: Word): number {
  return 1 << words.indexOf(word)
}

function wordsOf<Word extends string>(words: readonly Word[], bits: number): Word[] {
  return words.filter((word) => (bits & bitOf(words, word)) !== 0)
}

function noOperations(): Operations {
  return { all: 0, succeeded: 0, errors: new Map() }
}

function addOperation(operations: Operations, succeeded: boolean): void {
  operations.all += 1
  if (succeeded) operations.succeeded += 1
}

function increment<Word extends string>(counts: Counts<Word>, word: Word): void {
  counts.set(word, (counts.get(word) ?? 0) + 1)
}

function dayOfMicros(micros: number): Day {
  return dayAt(Math.floor(micros / 1000))
}
