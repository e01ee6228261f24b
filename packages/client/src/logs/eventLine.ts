import type { ErrorType } from '@voicemode-telemetry/protocol'
import { type Cursor, readText } from './cursor.ts'
import { errorTypeOf } from './errorType.ts'
import { asObject, isId, isText, type Json, parseJsonLine } from './jsonLine.ts'
import type { Kept } from './lines.ts'
import { REFUSED, Scanner } from './scan.ts'
import { parseTimestamp, timestampIn } from './timestamp.ts'

/** What is kept of one line of an event log, which tells of one step of VoiceMode. Texts and names are dropped here. */
export interface EventLine extends Step {
  /** Microseconds since 1970. */
  at: number
  sessionId: string | undefined
}

/** What a line says beside its time and its session; thousands say the same. */
interface Step {
  /** VoiceMode's name of the step, as `TTS_START`. It is compared, never sent. */
  type: string
  /** The process id. Only lines about the floor, the right to speak, have one. */
  pid: number | undefined
  /** For a line that begins a call: whether the call only speaks and does not listen. */
  onlySpeaks: boolean
  /** For a line that ends a call: whether it claims that the call succeeded. */
  success: boolean
  /** Whether a local server transcribed the speech. Undefined if the line does not say. */
  isLocal: boolean | undefined
  /** The kind of error, if the line reports one. */
  error: ErrorType | undefined
}

const [TIMESTAMP, TYPE, SESSION_ID, PID, WAITS, SUCCESS, IS_LOCAL] = [0, 1, 2, 3, 4, 5, 6] as const
const scanner = new Scanner([
  'timestamp',
  'event_type',
  'session_id',
  'data.pid',
  'data.wait_for_response',
  'data.success',
  'data.metrics.is_local',
])

/** Reads a line of `voicemode_events_*.jsonl`. Undefined if it lacks something that counting needs. */
export function readEventLine(cursor: Cursor): KnownLine | undefined {
  const end = scanner.read(cursor.bytes, cursor.at)
  const type = end === REFUSED ? undefined : scanner.get(TYPE)
  // The texts of an error are not among what is scanned.
  if (end === REFUSED || (isText(type) && isErrorType(type))) return parseEventLine(readText(cursor))
  cursor.at = end
  return eventLineOf(scanner.parse(TIMESTAMP, timestampIn), type, scanner.get(SESSION_ID), {
    pid: scanner.get(PID),
    wait_for_response: scanner.get(WAITS),
    success: scanner.get(SUCCESS),
    metrics: { is_local: scanner.get(IS_LOCAL) },
  })
}

/** As {@link readEventLine}, of a text: its plain twin. */
export function parseEventLine(line: string): KnownLine | undefined {
  const json = parseJsonLine(line)
  return (
    json && eventLineOf(parseTimestamp(json.timestamp), json.event_type, json.session_id, asObject(json.data))
  )
}

function eventLineOf(
  at: number | undefined,
  type: unknown,
  sessionId: unknown,
  data: Json,
): KnownLine | undefined {
  if (at === undefined || !isText(type)) return undefined
  const isLocal = asObject(data.metrics).is_local
  return new KnownLine(
    at,
    isId(sessionId) ? sessionId : undefined,
    stepOf(
      type,
      typeof data.pid === 'number' ? data.pid : undefined,
      data.wait_for_response === false,
      data.success !== false,
      typeof isLocal === 'boolean' ? isLocal : undefined,
      isErrorType(type) ? errorTypeOf([data.error_type, data.error, data.message]) : undefined,
    ),
  )
}

function isErrorType(type: string): boolean {
  return type.endsWith('_ERROR')
}

const NO_STEP: Step = {
  type: '',
  pid: undefined,
  onlySpeaks: false,
  success: false,
  isLocal: undefined,
  error: undefined,
}

export class KnownLine implements EventLine {
  at: number
  sessionId: string | undefined
  step: Step

  constructor(at: number, sessionId: string | undefined, step: Step) {
    this.at = at
    this.sessionId = sessionId
    this.step = step
  }

  get type() {
    return this.step.type
  }

  get pid() {
    return this.step.pid
  }

  get onlySpeaks() {
    return this.step.onlySpeaks
  }

  get success() {
    return this.step.success
  }

  get isLocal() {
    return this.step.isLocal
  }

  get error() {
    return this.step.error
  }
}

/** So many lines have columns of their own, which is a power of two: columns that grow are copied, and the copies are garbage. */
const BLOCK_LINES = 4096

class Block {
  readonly times = new Float64Array(BLOCK_LINES)
  readonly sessionIds = new Array<string | undefined>(BLOCK_LINES).fill(undefined)
  readonly steps = new Array<Step>(BLOCK_LINES).fill(NO_STEP)
}

/**
 * Keeps event lines as columns: two days of them are in memory at once, and an object for each cost more than reading them.
 */
export class EventLines implements Kept<KnownLine> {
  length = 0
  readonly #blocks: Block[] = []
  readonly #given = new KnownLine(0, undefined, NO_STEP)

  at(place: number): KnownLine | undefined {
    const n = place < 0 ? place + this.length : place
    if (n < 0 || n >= this.length) return undefined
    const { times, sessionIds, steps } = this.#blocks[Math.floor(n / BLOCK_LINES)] as Block
    const given = this.#given
    given.at = times[n % BLOCK_LINES] as number
    given.sessionId = sessionIds[n % BLOCK_LINES]
    given.step = steps[n % BLOCK_LINES] as Step
    return given
  }

  push({ at, sessionId, step }: KnownLine): void {
    const n = this.length++ % BLOCK_LINES
    if (n === 0) this.#blocks.push(new Block())
    const { times, sessionIds, steps } = this.#blocks.at(-1) as Block
    times[n] = at
    sessionIds[n] = sessionId
    steps[n] = step
  }

  forEach(use: (line: KnownLine) => void): void {
    for (let place = 0; place < this.length; place++) use(this.at(place) as KnownLine)
  }
}

/** The steps that were told lately, by type. */
const known = new Map<string, Step[]>()
const MAX_KNOWN = 1000

/** The same object for each line that tells the same. */
function stepOf(
  type: string,
  pid: number | undefined,
  onlySpeaks: boolean,
  success: boolean,
  isLocal: boolean | undefined,
  error: ErrorType | undefined,
): Step {
  let steps = known.get(type)
  if (!steps) {
    if (known.size >= MAX_KNOWN) known.clear()
    steps = []
    known.set(type, steps)
  }
  for (const step of steps) {
    if (
      step.pid === pid &&
      step.onlySpeaks === onlySpeaks &&
      step.success === success &&
      step.isLocal === isLocal &&
      step.error === error
    )
      return step
  }
  if (steps.length >= MAX_KNOWN) steps.length = 0
  const step = { type, pid, onlySpeaks, success, isLocal, error }
  steps.push(step)
  return step
}
