import type { ErrorType, SttProvider, Transport, TtsProvider } from '@voicemode-telemetry/protocol'
import { sanitizeVersionString } from '../privacy.ts'
import { errorTypeOf } from './errorType.ts'
import { asObject, isId, isText, parseJsonLine } from './jsonLine.ts'
import { sttProvider, transportOf, ttsProvider } from './provider.ts'
import { parseTimestamp } from './timestamp.ts'

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

/** Reads a line of `exchanges_*.jsonl`; undefined where it lacks what counting needs. */
export function parseExchange(line: string): Exchange | undefined {
  const json = parseJsonLine(line)
  const at = parseTimestamp(json?.timestamp)
  const { conversation_id: conversationId, type } = json ?? {}
  if (at === undefined || !isId(conversationId)) return undefined
  const metadata = asObject(json?.metadata)
  const { provider_url: url, provider } = metadata
  const about = {
    at,
    conversationId,
    transport: transportOf(metadata.transport),
    version: versionOf(metadata.voice_mode_version),
    error: isEmpty(metadata.error)
      ? undefined
      : errorTypeOf([metadata.error_type, metadata.error, metadata.message]),
  }
  if (type === 'tts') return { ...about, kind: type, provider: ttsProvider(url, provider) }
  if (type !== 'stt') return undefined
  // Silence is logged with the first server that is configured, which was not asked.
  const wasAsked = metadata.transcription_time !== 0
  return { ...about, kind: type, provider: wasAsked ? sttProvider(url, provider) : undefined }
}

/** `8.12.0` of `8.12.0.dev3+local`; a version of another form names none. */
function versionOf(version: unknown): string | undefined {
  const plain = isText(version) ? sanitizeVersionString(version) : 'unknown'
  return plain === 'unknown' ? undefined : plain.split('-')[0]
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
