import type { ErrorType } from '@voicemode-telemetry/protocol'
import { errorTypeOf } from './errorType.ts'
import { asObject, isId, isText, type Json, parseJsonLine } from './jsonLine.ts'
import { parseTimestamp } from './timestamp.ts'

/** What is kept of one line of an event log: a step of VoiceMode's. Texts and names fall away here, as in `Exchange`. */
export interface EventLine {
  /** Microseconds since 1970. */
  at: number
  /** VoiceMode's name of the step, as `TTS_START`. It is compared, never sent. */
  type: string
  sessionId: string | undefined
  /** The process, on lines about the floor. */
  pid: number | undefined
  /** Whether a call that begins only has to speak. */
  onlySpeaks: boolean
  /** Whether a call that ends ended well, as the line claims. */
  success: boolean
  /** Whether a local server transcribed; undefined where the line does not say. */
  isLocal: boolean | undefined
  /** The kind of error, on a line that tells of one. */
  error: ErrorType | undefined
}

/** Half of all lines have no data and are all alike, so that they need not be read as JSON. */
const PLAIN_LINE =
  /^\{"timestamp": "([^"\\]+)", "event_type": "(\w+)", "session_id": (?:"([\w-]{1,100})"|null), "data": \{\}\}$/

/** Reads a line of `voicemode_events_*.jsonl`; undefined where it lacks what counting needs. */
export function parseEventLine(line: string): EventLine | undefined {
  const plain = PLAIN_LINE.exec(line)
  return plain
    ? eventLineOf({ timestamp: plain[1], event_type: plain[2], session_id: plain[3] })
    : eventLineOf(parseJsonLine(line))
}

/** Every type and id once in memory, however many lines have it. */
const known = new Map<string, string>()
const MAX_KNOWN = 1000

function once(text: string): string {
  const same = known.get(text)
  if (same !== undefined) return same
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(text, text)
  return text
}

function eventLineOf(json: Json | undefined): EventLine | undefined {
  const at = parseTimestamp(json?.timestamp)
  const { event_type: type, session_id: sessionId } = json ?? {}
  if (at === undefined || !isText(type)) return undefined
  const data = asObject(json?.data)
  const isLocal = asObject(data.metrics).is_local
  return {
    at,
    type: once(type),
    sessionId: isId(sessionId) ? once(sessionId) : undefined,
    pid: typeof data.pid === 'number' ? data.pid : undefined,
    onlySpeaks: data.wait_for_response === false,
    success: data.success !== false,
    isLocal: typeof isLocal === 'boolean' ? isLocal : undefined,
    error: type.endsWith('_ERROR') ? errorTypeOf([data.error_type, data.error, data.message]) : undefined,
  }
}
