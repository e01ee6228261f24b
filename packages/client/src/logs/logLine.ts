import type { ErrorType, SttProvider, Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import { sanitizeVersionString } from '../privacy.ts'
import { errorTypeOf } from './errorType.ts'
import { sttProvider, transportOf, ttsProvider } from './provider.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * What is kept of one line of a conversation log. Here the user's text, paths and names fall away: nothing after this
 * stage has seen them. Only `conversationId` is no word of a vocabulary; it groups lines and goes no further.
 */
export interface Exchange {
  /** Microseconds since 1970. */
  at: number
  conversationId: string
  transport: Transport | undefined
  ttsProvider: TtsProvider | undefined
  sttProvider: SttProvider | undefined
  /** `MAJOR.MINOR.PATCH`, where the line names one. */
  version: string | undefined
  /** The kind of error, where the exchange failed. */
  error: ErrorType | undefined
}

/** What is kept of one line of an event log; see {@link Exchange}. */
export interface LogEvent {
  /** Microseconds since 1970. */
  at: number
  sessionId: string | undefined
  /** Whether it began to speak or to listen, which makes it an exchange where there is no conversation log. */
  isExchange: boolean
  operation: 'succeeded' | 'failed' | undefined
  error: ErrorType | undefined
}

type Json = Record<string, unknown>

/** A longer id is damage: real ones have 30 characters, and each is remembered while logs are read. */
const MAX_ID_CHARACTERS = 1024

/** Reads a line of `exchanges_*.jsonl`; undefined where it lacks what counting needs. */
export function parseExchange(line: string): Exchange | undefined {
  const json = parseObject(line)
  const at = parseTimestamp(json?.timestamp)
  const { conversation_id: conversationId, type } = json ?? {}
  if (at === undefined || !isId(conversationId) || (type !== 'tts' && type !== 'stt')) return undefined
  const metadata = asObject(json?.metadata)
  const { provider_url: url, provider } = metadata
  return {
    at,
    conversationId,
    transport: transportOf(metadata.transport),
    ttsProvider: type === 'tts' ? ttsProvider(url, provider) : undefined,
    sttProvider: type === 'stt' ? sttProvider(url, provider) : undefined,
    version: versionOf(metadata.voice_mode_version),
    error: isEmpty(metadata.error) ? undefined : errorTypeOf(errorTexts(metadata)),
  }
}

/** Reads a line of `voicemode_events_*.jsonl`; undefined where it lacks what counting needs. */
export function parseLogEvent(line: string): LogEvent | undefined {
  const json = parseObject(line)
  const at = parseTimestamp(json?.timestamp)
  const { event_type: type, session_id: sessionId } = json ?? {}
  if (at === undefined || !isText(type)) return undefined
  const data = asObject(json?.data)
  return {
    at,
    sessionId: isId(sessionId) ? sessionId : undefined,
    isExchange: type === 'TTS_START' || type === 'STT_START',
    operation: type === 'TOOL_REQUEST_END' ? (data.success === false ? 'failed' : 'succeeded') : undefined,
    error: type.endsWith('_ERROR') ? errorTypeOf(errorTexts(data)) : undefined,
  }
}

function errorTexts(source: Json): unknown[] {
  return [source.error_type, source.error, source.message]
}

/** `8.12.0` of `8.12.0.dev3+local`; a version of another form names none. */
function versionOf(version: unknown): string | undefined {
  const [release] = isText(version) ? sanitizeVersionString(version).split('-') : []
  return release === 'unknown' ? undefined : release
}

function parseObject(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {}
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isId(value: unknown): value is string {
  return isText(value) && value.length <= MAX_ID_CHARACTERS
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
