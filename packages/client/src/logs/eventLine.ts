import type { ErrorType } from '@voicemode-telemetry/protocol'
import { errorTypeOf } from './errorType.ts'
import { asObject, isId, isText, type Json, parseJsonLine } from './jsonLine.ts'
import { parseTimestamp } from './timestamp.ts'

/** What is kept of one line of an event log, which tells of one step of VoiceMode. Texts and names are dropped here. */
export interface EventLine {
  /** Microseconds since 1970. */
  at: number
  /** VoiceMode's name of the step, as `TTS_START`. It is compared, never sent. */
  type: string
  sessionId: string | undefined
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

/** Half of all lines have no data and the same form. They are read without a JSON parser. */
const PLAIN_LINE =
  /^\{"timestamp": "([^"\\]+)", "event_type": "(\w+)", "session_id": (?:"([\w-]{1,100})"|null), "data": \{\}\}$/

/** Reads a line of `voicemode_events_*.jsonl`. Undefined if it lacks something that counting needs. */
export function parseEventLine(line: string): EventLine | undefined {
  const plain = PLAIN_LINE.exec(line)
  return plain
    ? eventLineOf({ timestamp: plain[1], event_type: plain[2], session_id: plain[3] })
    : eventLineOf(parseJsonLine(line))
}

/** Keeps each type and id in memory once, even if many lines have it. */
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
