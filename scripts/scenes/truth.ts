import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, utcDay } from './clock.ts'
import type { Call, Done, Utterance } from './done.ts'

type Counts = Record<string, number>

/** What an event must say of a day, in its own words and order. */
export interface Usage {
  total_sessions: number
  duration_distribution: Counts
  exchanges_per_session: Counts
  transport_usage: Counts
  tts_provider_usage: Counts
  stt_provider_usage: Counts
  success_rate?: number
  total_operations: number
  failed_steps: Counts
  error_types: Counts
}

/** What the logs of a day say of the installation. */
export interface Told {
  version: string | undefined
  exec_source: 'mcp' | 'cli'
}

export interface Asked {
  day: string
  /** When the day is counted: a session that may still go on is left out. */
  now: Micros
  /** When the person said yes; only what came after it counts. Default: long before. */
  since?: Micros | undefined
}

interface Session {
  first: Micros
  last: Micros
  exchanges: number
  utterances: Utterance[]
}

const SILENCE = 5 * MICROS_PER_MINUTE

/** The usage of a day, from what was done in it. @returns null for a day of which there is nothing to say. */
export function usageOf(done: Done, { day, now, since = 0 }: Asked): Usage | null {
  const spokenToday = done.utterances.filter(({ at }) => utcDay(at) === day)
  const endedToday = done.calls.filter(({ ended }) => ended !== undefined && utcDay(ended) === day)
  const sessions = (spokenToday.length > 0 ? conversations(done.utterances) : rounds(done.calls)).filter(
    ({ first, last }) => utcDay(last) === day && now - last >= SILENCE && first >= since,
  )
  const outcomes = (
    endedToday.length > 0
      ? endedToday
          .filter(({ ended = 0, outcome }) => outcome === 'ended' && ended >= since)
          .map(({ failedStep }) => failedStep)
      : spokenToday.filter(({ at }) => at >= since).map(stepThatFailed)
  ) as readonly (string | undefined)[]
  if (sessions.length === 0 && outcomes.length === 0) return null

  const failed = outcomes.filter((step) => step !== undefined)
  const teller = done.eventLines.some((at) => utcDay(at) === day) ? 'event log' : 'conversation log'
  const failures = done.failures.filter(
    ({ at, toldBy }) => utcDay(at) === day && at >= since && toldBy === teller,
  )
  return {
    total_sessions: sessions.length,
    duration_distribution: count(sessions.map(({ first, last }) => durationWord(last - first))),
    exchanges_per_session: count(sessions.map(({ exchanges }) => exchangesWord(exchanges))),
    transport_usage: count(sessions.flatMap(lastTransport)),
    tts_provider_usage: count(sessions.flatMap((session) => providers(session, 'tts'))),
    stt_provider_usage: count(sessions.flatMap((session) => providers(session, 'stt'))),
    ...(outcomes.length > 0 && { success_rate: percent(outcomes.length - failed.length, outcomes.length) }),
    total_operations: outcomes.length,
    failed_steps: count(failed),
    error_types: count(failures.map(({ kind }) => kind)),
  }
}

/** What the logs of a day say of the installation, from what was done. */
export function toldOf(done: Done, day: string): Told {
  const versions = byTime(done.utterances.filter(({ at, version }) => version && utcDay(at) === day))
  const hasCall = done.calls.some(({ ended }) => ended !== undefined && utcDay(ended) === day)
  return { version: versions.at(-1)?.version, exec_source: hasCall ? 'mcp' : 'cli' }
}

/** The sessions of what was spoken and heard. */
function conversations(utterances: readonly Utterance[]): Session[] {
  const byId = Map.groupBy(byTime(utterances), ({ conversationId }) => conversationId)
  return [...byId.values()].flatMap((line) =>
    cut(line, (before, next) => next.at - before.at >= SILENCE).map((members) => ({
      first: members[0]?.at ?? 0,
      last: members.at(-1)?.at ?? 0,
      exchanges: members.length,
      utterances: members,
    })),
  )
}

/** The sessions of a day on which nothing was written of what was said. */
function rounds(calls: readonly Call[]): Session[] {
  const ended = calls.flatMap((call) => (call.ended === undefined ? [] : [{ ...call, ended: call.ended }]))
  ended.sort((a, b) => a.began - b.began)
  return cut(ended, (before, next) => next.began - before.ended >= SILENCE).map((members) => ({
    first: members[0]?.began ?? 0,
    last: Math.max(...members.map((call) => call.ended)),
    exchanges: members.reduce((sum, { sounded }) => sum + sounded, 0),
    utterances: [],
  }))
}

function cut<Member>(members: Member[], isCut: (before: Member, next: Member) => boolean): Member[][] {
  const parts: Member[][] = []
  let before: Member | undefined
  for (const member of members) {
    if (before === undefined || isCut(before, member)) parts.push([])
    parts.at(-1)?.push(member)
    before = member
  }
  return parts
}

function stepThatFailed({ type, hasFailed }: Utterance): string | undefined {
  if (!hasFailed) return undefined
  return type === 'tts' ? 'speak' : 'transcribe'
}

function lastTransport({ utterances }: Session): string[] {
  const named = utterances.flatMap(({ transport }) => transport ?? [])
  return named.slice(-1)
}

function providers({ utterances }: Session, type: Utterance['type']): string[] {
  const used = utterances.flatMap((one) => (one.type === type && one.provider ? [one.provider] : []))
  return [...new Set(used)]
}

function byTime(utterances: readonly Utterance[]): Utterance[] {
  return [...utterances].sort((a, b) => a.at - b.at)
}

function durationWord(length: Micros): string {
  const minutes = length / MICROS_PER_SECOND / 60
  if (minutes < 1) return '<1min'
  if (minutes < 5) return '1-5min'
  if (minutes < 10) return '5-10min'
  if (minutes < 20) return '10-20min'
  return minutes < 60 ? '20-60min' : '>60min'
}

function exchangesWord(exchanges: number): string {
  if (exchanges === 0) return '0'
  if (exchanges <= 5) return '1-5'
  if (exchanges <= 10) return '6-10'
  return exchanges <= 20 ? '11-20' : '>20'
}

/** Rounded half up to one decimal, in whole numbers. */
function percent(part: number, whole: number): number {
  return Math.floor((2000 * part + whole) / (2 * whole)) / 10
}

function count(words: readonly string[]): Counts {
  const counts: Counts = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
