import {
  DURATION_BINS,
  type Environment,
  ERROR_TYPES,
  EXCHANGE_BINS,
  FAILED_STEPS,
  MAX_COUNT,
  STT_PROVIDERS,
  successRate,
  TRANSPORTS,
  TTS_PROVIDERS,
  type Usage,
} from '@voicemode-telemetry/protocol'
import { binDuration, binExchanges } from '../privacy.ts'
import type { DetectedEnvironment, LoggedField } from '../settings/environment.ts'
import type { DayRecord } from './day.ts'

/** How each field of the usage is counted; undefined for one that is left out. */
export const USAGE: { [Field in keyof Usage]-?: (day: DayRecord) => Usage[Field] | undefined } = {
  total_sessions: ({ sessions }) => sessions.length,
  duration_distribution: ({ sessions }) =>
    countWords(
      DURATION_BINS,
      sessions.map(({ first, last }) => binDuration((last - first) / 1_000_000)),
    ),
  exchanges_per_session: ({ sessions }) =>
    countWords(
      EXCHANGE_BINS,
      sessions.map(({ exchanges }) => binExchanges(exchanges)),
    ),
  transport_usage: ({ sessions }) =>
    countWords(
      TRANSPORTS,
      sessions.map(({ transport }) => transport),
    ),
  tts_provider_usage: ({ sessions }) =>
    countWords(
      TTS_PROVIDERS,
      sessions.flatMap(({ ttsProviders }) => [...ttsProviders]),
    ),
  stt_provider_usage: ({ sessions }) =>
    countWords(
      STT_PROVIDERS,
      sessions.flatMap(({ sttProviders }) => [...sttProviders]),
    ),
  success_rate: ({ operations }) =>
    operations.length > 0
      ? successRate(operations.filter((step) => step === undefined).length, operations.length)
      : undefined,
  total_operations: ({ operations }) => Math.min(operations.length, MAX_COUNT),
  failed_steps: ({ operations }) => countWords(FAILED_STEPS, operations),
  error_types: ({ errors }) => countWords(ERROR_TYPES, errors),
}

/** How the fields of the environment that the logs tell are read; the others are found on the machine. */
export const ENVIRONMENT: {
  [Field in LoggedField]: (day: DayRecord, machine: DetectedEnvironment) => Environment[Field]
} = {
  exec_source: ({ hasCall }) => (hasCall ? 'mcp' : 'cli'),
  version: ({ version }, { installedVersion }) => version ?? installedVersion ?? 'unknown',
}

/** How often each word stands in a list, in the order of the vocabulary; a word that does not is left out. */
function countWords<Word extends string>(
  words: readonly Word[],
  found: readonly (Word | undefined)[],
): Partial<Record<Word, number>> {
  const counts = new Map<Word | undefined, number>()
  for (const word of found) counts.set(word, (counts.get(word) ?? 0) + 1)
  const entries = words.flatMap((word) => {
    const n = counts.get(word)
    return n ? [[word, Math.min(n, MAX_COUNT)]] : []
  })
  return Object.fromEntries(entries)
}
