import type { EventLine } from './eventLine.ts'
import type { Lines } from './lines.ts'

/** One use of VoiceMode's tool, from its `TOOL_REQUEST_START` to its `TOOL_REQUEST_END`. Times are microseconds since 1970. */
export interface Call {
  begunAt: number
  /** When it got the floor. Since VoiceMode 8.0 one call at a time has the floor: the right to speak. */
  floorAt: number | undefined
  endedAt: number
  /** Whether its last line claims that it succeeded. */
  success: boolean
  onlySpeaks: boolean
  /** The person stopped it. */
  isCancelled: boolean
  /** Another call had the floor, so it did nothing. */
  isBlocked: boolean
  /** The types of its lines that tell how far it came, in the order of the last line of each. */
  steps: readonly string[]
  /** How often something was spoken or heard. */
  exchanges: number
}

export interface Calls {
  ended: Call[]
  /** The times of lines whose call has no beginning here. It may be in the previous file. */
  strays: number[]
}

/** Lines that mean that something was spoken or heard. */
const EXCHANGES = ['TTS_FIRST_AUDIO', 'STT_COMPLETE', 'STT_NO_SPEECH']
/** What every call writes that was cancelled: the first one where it had the floor, and the second. */
const LAST_LINES = ['CONCH_RELEASE', 'TOOL_REQUEST_END']
/** How long after it was cancelled a call writes its last lines, in microseconds; if it does not, its process died. */
const CANCELLED_REACH_US = 60 * 1_000_000
/** Steps that a blocked call did not reach. */
const ACTS = ['TTS_START', 'RECORDING_START', 'STT_START']
/** Lines that tell how far a call came. */
const STEPS = [...ACTS, ...EXCHANGES, 'TTS_PLAYBACK_END']

/** The steps of a call so far. Thousands of calls take the same, and share them. */
class Steps {
  static readonly #known = new Map<string, Steps>()
  readonly types: readonly string[]
  readonly #next = new Map<string, Steps>()

  constructor(types: readonly string[]) {
    this.types = types
  }

  with(type: string): Steps {
    const known = this.#next.get(type)
    if (known) return known
    if (!STEPS.includes(type)) return this
    const types = [...this.types.filter((one) => one !== type), type]
    // One object for each order, in whichever way a call came to it: of ways there is no end.
    const next = Steps.#known.get(types.join()) ?? new Steps(types)
    Steps.#known.set(types.join(), next)
    this.#next.set(type, next)
    return next
  }
}

const NO_STEPS = new Steps([])

/**
 * Groups lines by call, even if several processes write to one log.
 *
 * `session_id` alone does not tell calls apart: a call that only speaks has none, or has the id of an earlier call of its
 * process that failed. The lines about the floor tell them apart (VoiceMode's `conch.py`).
 *
 * @param lines in the order in which they were written.
 */
export function assembleCalls(lines: Lines<EventLine>): Calls {
  const assembly = new Assembly()
  lines.forEach((line) => {
    assembly.add(line)
  })
  return assembly.calls
}

/** The most unfinished calls to keep. The calls of processes that died never end, so the oldest are dropped. */
const MAX_OPEN_CALLS = 1000

/** A call without its end. */
interface OpenCall extends Omit<Call, 'begunAt' | 'endedAt' | 'success' | 'isBlocked' | 'steps'> {
  /** Undefined for a call whose beginning is missing; it is not counted. */
  begunAt: number | undefined
  sessionId: string | undefined
  /** Its process, once a line about the floor has told. */
  pid: number | undefined
  /** Whether it has the floor, the right to speak. `unknown` until a line says so. */
  floor: 'unknown' | 'blocked' | 'waiting' | 'next' | 'skipped' | 'has it' | 'released'
  /** Whether its `SESSION_END` has come. */
  isSessionOver: boolean
  blockedAt: number | undefined
  /** Whether it did anything after it was blocked. */
  hasActed: boolean
  lastLine: number
  steps: Steps
}

class Assembly {
  readonly calls: Calls = { ended: [], strays: [] }
  /** Oldest first. */
  readonly #open: OpenCall[] = []
  #holder: OpenCall | undefined
  #lastReleased: OpenCall | undefined
  /** When the last line was written that says that a call was cancelled; undefined once its call is found. */
  #cancelledAt: number | undefined
  #place = 0

  add(line: EventLine): void {
    this.#place += 1
    if (line.type === 'TOOL_CANCELLED') {
      this.#cancelledAt = line.at
      return
    }
    if (line.type === 'TOOL_REQUEST_START') {
      this.#begin(line, line.at)
      return
    }
    const call = this.#callOf(line)
    // What says that a call was cancelled stands right before its last lines, but that another process may write in between.
    const isLeaving = LAST_LINES.includes(line.type)
    const isCancelled = isLeaving && this.#isCancelledAt(line.at)
    if (isLeaving) this.#cancelledAt = undefined
    if (!call) return
    call.lastLine = this.#place
    if (isCancelled) call.isCancelled = true
    if (line.type === 'TOOL_REQUEST_END') this.#end(call, line)
    else this.#note(call, line)
  }

  #isCancelledAt(at: number): boolean {
    return this.#cancelledAt !== undefined && at - this.#cancelledAt < CANCELLED_REACH_US
  }

  #callOf(line: EventLine): OpenCall | undefined {
    if (line.type === 'TOOL_REQUEST_END') return this.#ending(line)
    return line.type.startsWith('CONCH_') ? this.#atTheFloor(line) : this.#acting(line)
  }

  #ending(line: EventLine): OpenCall | undefined {
    const released = this.#lastReleased
    if (released && this.#open.includes(released)) return released
    const able = this.#open.filter((call) => call !== this.#holder && mayWrite(call, line))
    // Whoever waits for the floor ends after its wait, unless the person stops it.
    const ready = this.#isCancelledAt(line.at) ? [] : able.filter(({ floor }) => floor !== 'waiting')
    const candidates = ready.length > 0 ? ready : able
    const isByLastLine = line.sessionId === undefined && !this.#holder
    const call = isByLastLine ? latest(candidates, (one) => one.lastLine) : candidates.at(-1)
    if (!call) this.calls.strays.push(line.at)
    return call
  }

  #atTheFloor(line: EventLine): OpenCall | undefined {
    const { type, pid, sessionId } = line
    // Who has waited longest is let in first.
    const ofProcess = (floor: OpenCall['floor']) =>
      this.#open.find((call) => call.pid === pid && call.floor === floor)
    switch (type) {
      case 'CONCH_RELEASE': {
        const holder = this.#holder
        if (holder && holder.pid === pid) return holder
        if (!holder) this.calls.strays.push(line.at)
        return undefined
      }
      case 'CONCH_WAIT_START':
      case 'CONCH_CALLBACK_REGISTERED':
        return this.#lastBlocked(pid)
      case 'CONCH_WAIT_END':
        return ofProcess('waiting')
      case 'CONCH_ACQUIRE': {
        const next = ofProcess('next') ?? this.#newcomer(sessionId)
        if (next) return next
        this.calls.strays.push(line.at)
        return this.#begin(line, undefined)
      }
      default:
        return this.#newcomer(sessionId)
    }
  }

  #acting(line: EventLine): OpenCall | undefined {
    const { sessionId } = line
    const holder = this.#holder
    if (holder) {
      if (sessionId === undefined || sessionId === holder.sessionId) return holder
      return this.#newest((call) => call.floor === 'skipped' && call.sessionId === sessionId) ?? holder
    }
    const candidates = this.#open.filter((call) => mayWrite(call, line))
    return sessionId === undefined ? latest(candidates, (call) => call.lastLine) : candidates.at(-1)
  }

  #note(call: OpenCall, { type, at, pid }: EventLine): void {
    if (type.startsWith('CONCH_')) {
      call.pid = pid ?? call.pid
      this.#noteFloor(call, type, at)
      return
    }
    call.steps = call.steps.with(type)
    if (ACTS.includes(type)) call.hasActed = true
    if (EXCHANGES.includes(type)) call.exchanges += 1
    if (type === 'SESSION_END') call.isSessionOver = true
  }

  #noteFloor(call: OpenCall, type: string, at: number): void {
    switch (type) {
      case 'CONCH_ACQUIRE':
        call.floor = 'has it'
        call.floorAt = at
        this.#holder = call
        return
      case 'CONCH_RELEASE':
        call.floor = 'released'
        this.#holder = undefined
        this.#lastReleased = call
        return
      case 'CONCH_BLOCKED':
        call.floor = 'blocked'
        call.blockedAt = this.#place
        call.hasActed = false
        return
      case 'CONCH_SKIPPED':
        call.floor = 'skipped'
        return
      case 'CONCH_WAIT_START':
        call.floor = 'waiting'
        return
      case 'CONCH_WAIT_END':
        call.floor = 'next'
    }
  }

  #begin({ sessionId, onlySpeaks }: EventLine, begunAt: number | undefined): OpenCall {
    const call: OpenCall = {
      sessionId,
      begunAt,
      onlySpeaks,
      pid: undefined,
      floor: 'unknown',
      floorAt: undefined,
      blockedAt: undefined,
      hasActed: false,
      isCancelled: false,
      isSessionOver: false,
      lastLine: this.#place,
      steps: NO_STEPS,
      exchanges: 0,
    }
    this.#open.push(call)
    if (this.#open.length > MAX_OPEN_CALLS) this.#open.shift()
    return call
  }

  #end(call: OpenCall, { at, success }: EventLine): void {
    this.#open.splice(this.#open.indexOf(call), 1)
    const { begunAt, floorAt, onlySpeaks, isCancelled, blockedAt, hasActed, steps, exchanges } = call
    if (begunAt === undefined) return
    const isBlocked = blockedAt !== undefined && floorAt === undefined && !hasActed
    this.calls.ended.push({
      begunAt,
      floorAt,
      endedAt: at,
      success,
      onlySpeaks,
      isCancelled,
      isBlocked,
      steps: steps.types,
      exchanges,
    })
  }

  #lastBlocked(pid: number | undefined): OpenCall | undefined {
    const blocked = this.#open.filter((call) => call.pid === pid && call.blockedAt !== undefined)
    return latest(blocked, (call) => call.blockedAt ?? 0)
  }

  /** The call to which a process's first line about the floor belongs. */
  #newcomer(sessionId: string | undefined): OpenCall | undefined {
    return this.#newest((call) => call.sessionId === sessionId && call.floor === 'unknown')
  }

  #newest(is: (call: OpenCall) => boolean): OpenCall | undefined {
    return this.#open.findLast(is)
  }
}

/** Whether a line can be a call's by its `session_id`, which a call loses with its `SESSION_END`. */
function mayWrite(call: OpenCall, { sessionId }: EventLine): boolean {
  return call.sessionId === sessionId || (sessionId === undefined && call.isSessionOver)
}

function latest(calls: readonly OpenCall[], placeOf: (call: OpenCall) => number): OpenCall | undefined {
  return calls.reduce<OpenCall | undefined>(
    (last, call) => (last && placeOf(last) > placeOf(call) ? last : call),
    undefined,
  )
}
