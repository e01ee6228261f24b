import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, utcTimestamp } from './clock.ts'
import type { Utterance } from './done.ts'
import { append, dayBefore, lastLine, type Machine } from './machine.ts'
import { dumps, Float } from './python.ts'
import type { Release } from './releases.ts'

/** VoiceMode reads no more than this from the end of a log to find its last line. */
const LAST_LINE_BYTES = 1024
const CONVERSATION_GAP = 5 * MICROS_PER_MINUTE

/** How a process of VoiceMode was started. */
export interface Setup {
  release: Release
  project: string
  /** Off by the setting, on the command line and in `voicemode serve`. */
  hasEventLog: boolean
  /** Off by the setting, and before 8.0. */
  hasFloor: boolean
  /** How much of an exchange's metadata is lost, from 0 to 1: hands that edit, versions that leave out. */
  forgets: number
  /** How long a line waits for the disk. */
  writesWithin: Micros
}

/** A running VoiceMode: what it remembers from one call to the next. */
export interface Process extends Setup {
  pid: number
  isAlive: boolean
  /** One call's, until `SESSION_END` clears it; calls that fail leave it behind. */
  sessionId: string | null
  lastEnded: Micros | undefined
  conversationId: string
  /** Its sound device serves one call at a time. */
  isSounding: boolean
  /** When its last event was written. */
  lastWritten: Micros
  lastUtterance: Micros
}

export function startProcess(machine: Machine, setup: Setup): Process {
  const process: Process = {
    ...setup,
    pid: machine.nextPid,
    isAlive: true,
    sessionId: null,
    lastEnded: undefined,
    conversationId: '',
    isSounding: false,
    lastWritten: 0,
    lastUtterance: 0,
  }
  machine.nextPid += machine.random.whole(1, 900)
  const last = lastExchange(machine, process)
  const goesOn = last && machine.stage.now - last.at < CONVERSATION_GAP && last.project === setup.project
  process.conversationId = goesOn ? last.conversationId : newConversationId(machine)
  return process
}

export function logEvent(machine: Machine, process: Process, eventType: string, data: object = {}): void {
  if (!process.hasEventLog) return
  const { now } = machine.stage
  const waited = machine.random.whole(20, process.writesWithin)
  process.lastWritten = Math.max(process.lastWritten, now) + waited
  const path = `logs/events/voicemode_events_${machine.zone.date(process.lastWritten)}.jsonl`
  const line = { timestamp: utcTimestamp(now), event_type: eventType, session_id: process.sessionId, data }
  append(machine, path, dumps(line))
  machine.done.eventLines.push(now)
}

/** What goes into a line of the conversation log, and what it is worth. */
export interface Exchange {
  type: Utterance['type']
  text: string
  metadata: Record<string, unknown>
  /** By its address, and by its name where the line has lost that; undefined where it names nobody. */
  provider: string | undefined
  providerByName: string | undefined
  transport: string | undefined
  hasFailed?: boolean
}

export function logExchange(machine: Machine, process: Process, exchange: Exchange): void {
  const { now } = machine.stage
  goOnOrBeginConversation(machine, process)
  const { metadata, ...known } = forget(machine, process, {
    ...exchange,
    metadata: { voice_mode_version: process.release.version, ...exchange.metadata },
  })
  const line = {
    version: process.release.schema,
    timestamp: machine.zone.timestamp(now),
    conversation_id: process.conversationId,
    type: exchange.type,
    text: exchange.text,
    project_path: process.project,
    metadata,
  }
  append(machine, exchangesPath(machine, process, now), dumps(line))
  machine.done.utterances.push({
    at: now,
    conversationId: process.conversationId,
    type: exchange.type,
    ...known,
  })
  process.lastUtterance = now
}

/** Takes from a line what its process loses, and from what is known of it what only that told. */
function forget(machine: Machine, process: Process, exchange: Exchange) {
  const { forgets } = process
  const { random } = machine
  const { provider, providerByName, transport, hasFailed = false } = exchange
  let metadata: Record<string, unknown> | undefined = exchange.metadata
  const loses = (key: string) => {
    if (!metadata || !(key in metadata) || !random.chance(forgets)) return false
    const lost = metadata[key]
    if (random.chance(0.5)) metadata[key] = null
    else delete metadata[key]
    return lost !== undefined
  }
  const hadAddress = exchange.metadata.provider_url !== undefined
  const losesAddress = loses('provider_url')
  const losesName = loses('provider')
  const losesTransport = loses('transport')
  const isMisnamed =
    metadata?.transport !== undefined && metadata.transport !== null && random.chance(forgets / 4)
  if (metadata && isMisnamed) metadata.transport = 'pigeon'
  const losesVersion = loses('voice_mode_version')
  if (metadata && forgets > 0 && random.chance(forgets / 4)) metadata = undefined
  const who = !losesAddress
    ? hadAddress || !losesName
      ? provider
      : undefined
    : losesName
      ? undefined
      : providerByName
  return {
    metadata,
    ...(metadata && who && { provider: who }),
    ...(metadata && transport && !losesTransport && { transport: isMisnamed ? 'other' : transport }),
    ...(metadata && !losesVersion && { version: process.release.version.split('.').slice(0, 3).join('.') }),
    ...(metadata && hasFailed && { hasFailed }),
  }
}

function goOnOrBeginConversation(machine: Machine, process: Process): void {
  const last = lastExchange(machine, process)
  if (last?.conversationId !== process.conversationId) return
  const isOver = machine.stage.now - last.at >= CONVERSATION_GAP || last.project !== process.project
  if (isOver) process.conversationId = newConversationId(machine)
}

/** What VoiceMode finds at the end of its log of today, or else of yesterday. */
function lastExchange(machine: Machine, process: Process) {
  const { now } = machine.stage
  const yesterday = dayBefore(machine.zone.date(now))
  for (const path of [exchangesPath(machine, process, now), exchangesOf(process, yesterday)]) {
    const line = lastLine(machine, path)
    if (line === undefined || line.length >= LAST_LINE_BYTES) continue
    const { timestamp, conversation_id, project_path } = JSON.parse(line)
    return { at: microsOfLocal(timestamp), conversationId: conversation_id, project: project_path }
  }
  return undefined
}

function microsOfLocal(timestamp: string): Micros {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d{6}))?(.+)$/.exec(timestamp) ?? []
  return (Date.parse(`${seconds}${zone}`) / 1000) * MICROS_PER_SECOND + Number(fraction)
}

function exchangesPath(machine: Machine, process: Process, at: Micros): string {
  return exchangesOf(process, machine.zone.date(at))
}

function exchangesOf({ release }: Process, date: string): string {
  return `${release.conversations}/exchanges_${date}.jsonl`
}

function newConversationId({ zone, stage, random }: Machine): string {
  return `conv_${zone.compact(stage.now)}_${random.letters(6)}`
}

/** A clock's reading in seconds, as Python's `float`. */
export function seconds(length: Micros): Float {
  return new Float(length / MICROS_PER_SECOND)
}
