import type { ErrorType, SttProvider, Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import { sanitizeVersionString } from '../privacy.ts'
import { type Cursor, readText } from './cursor.ts'
import { errorTypeOf } from './errorType.ts'
import { asObject, isId, isText, type Json, parseJsonLine } from './jsonLine.ts'
import { sttProvider, transportOf, ttsProvider } from './provider.ts'
import { remember } from './remember.ts'
import { REFUSED, Scanner } from './scan.ts'
import { parseTimestamp, timestampIn } from './timestamp.ts'

/**
 * What is kept of one line of a conversation log: an utterance. The user's text, paths and names are dropped here, and nothing
 * after this stage sees them. `conversationId` groups lines and goes no further. All else is a word of a vocabulary.
 */
export type Exchange = Spoken | Heard

interface Utterance {
  /** Microseconds since 1970. */
  at: number
  conversationId: string
  transport: Transport | undefined
  /** `MAJOR.MINOR.PATCH`, where the line names one. */
  version: string | undefined
  /** The kind of error, where the exchange failed. */
  error: ErrorType | undefined
}

/** VoiceMode spoke. */
interface Spoken extends Utterance {
  kind: 'tts'
  provider: TtsProvider | undefined
}

/** VoiceMode listened. The provider is the one the line names, which need not be the one that answered. */
export interface Heard extends Utterance {
  kind: 'stt'
  provider: SttProvider | undefined
}

const [TIMESTAMP, CONVERSATION_ID, TYPE, TRANSPORT, VERSION, URL, PROVIDER, TRANSCRIPTION_TIME, ERROR] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const
const scanner = new Scanner([
  'timestamp',
  'conversation_id',
  'type',
  'metadata.transport',
  'metadata.voice_mode_version',
  'metadata.provider_url',
  'metadata.provider',
  'metadata.transcription_time',
  'metadata.error',
])

/** Reads a line of `exchanges_*.jsonl`; undefined where it lacks what counting needs. */
export function readExchange(cursor: Cursor): Exchange | undefined {
  const end = scanner.read(cursor.bytes, cursor.at)
  // The texts of an error are not among what is scanned.
  if (end === REFUSED || !isEmpty(scanner.get(ERROR))) return parseExchange(readText(cursor))
  cursor.at = end
  const at = scanner.parse(TIMESTAMP, timestampIn)
  return exchangeOf(at, scanner.get(CONVERSATION_ID), scanner.get(TYPE), {
    transport: scanner.get(TRANSPORT),
    voice_mode_version: scanner.get(VERSION),
    provider_url: scanner.get(URL),
    provider: scanner.get(PROVIDER),
    transcription_time: scanner.get(TRANSCRIPTION_TIME),
  })
}

/** As {@link readExchange}, of a text: its plain twin. */
export function parseExchange(line: string): Exchange | undefined {
  const json = parseJsonLine(line)
  if (!json) return undefined
  const { timestamp, conversation_id: id, type, metadata } = json
  return exchangeOf(parseTimestamp(timestamp), id, type, asObject(metadata))
}

function exchangeOf(
  at: number | undefined,
  conversationId: unknown,
  type: unknown,
  metadata: Json,
): Exchange | undefined {
  if (at === undefined || !isId(conversationId) || (type !== 'tts' && type !== 'stt')) return undefined
  const { provider_url: url, provider, voice_mode_version: version } = metadata
  // Silence is logged with the first server that is configured, which was not asked.
  const wasAsked = type === 'tts' || metadata.transcription_time !== 0
  return {
    at,
    conversationId,
    transport: transportOf(metadata.transport),
    version: isText(version) ? versionOf(version) : undefined,
    error: isEmpty(metadata.error)
      ? undefined
      : errorTypeOf([metadata.error_type, metadata.error, metadata.message]),
    kind: type,
    provider: wasAsked ? (type === 'tts' ? ttsProvider : sttProvider)(url, provider) : undefined,
  } as Exchange
}

/** `8.12.0` of `8.12.0.dev3+local`; a version of another form names none. */
const versionOf = remember((version: string): string | undefined => {
  const plain = sanitizeVersionString(version)
  return plain === 'unknown' ? undefined : plain.split('-')[0]
})

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
