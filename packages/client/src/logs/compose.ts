import {
  DURATION_BINS,
  dayTimestamp,
  deriveEventId,
  ERROR_TYPES,
  EXCHANGE_BINS,
  FAILED_STEPS,
  MAX_COUNT,
  STT_PROVIDERS,
  successRate,
  type TelemetryEvent,
  TRANSPORTS,
  TTS_PROVIDERS,
} from '@voicemode-telemetry/protocol'
import type { DetectedEnvironment } from '../settings/environment.ts'
import type { Counts, DayTally } from './tally.ts'

/**
 * The event of a day.
 *
 * @returns undefined for a day without a session and without an operation, of which there is nothing to say.
 */
export async function composeEvent(
  tally: DayTally,
  environment: DetectedEnvironment,
  telemetryId: string,
): Promise<TelemetryEvent | undefined> {
  if (tally.sessions === 0 && tally.operations === 0) return undefined
  const timestamp = dayTimestamp(tally.day)
  const { installedVersion, ...detected } = environment
  return {
    event_id: await deriveEventId(telemetryId, timestamp),
    telemetry_id: telemetryId,
    timestamp,
    environment: { ...detected, exec_source: 'cli', version: tally.version ?? installedVersion ?? 'unknown' },
    usage: {
      total_sessions: cut(tally.sessions),
      duration_distribution: inOrder(DURATION_BINS, tally.durations),
      exchanges_per_session: inOrder(EXCHANGE_BINS, tally.exchanges),
      transport_usage: inOrder(TRANSPORTS, tally.transports),
      tts_provider_usage: inOrder(TTS_PROVIDERS, tally.ttsProviders),
      stt_provider_usage: inOrder(STT_PROVIDERS, tally.sttProviders),
      ...(tally.operations > 0 && { success_rate: successRate(tally.succeeded, tally.operations) }),
      total_operations: cut(tally.operations),
      failed_steps: inOrder(FAILED_STEPS, new Map([['other', tally.operations - tally.succeeded]])),
      error_types: inOrder(ERROR_TYPES, tally.errors),
    },
  }
}

function inOrder<Word extends string>(
  words: readonly Word[],
  counts: Counts<Word>,
): Partial<Record<Word, number>> {
  const entries = words.flatMap((word) => {
    const n = counts.get(word)
    return n ? [[word, cut(n)]] : []
  })
  return Object.fromEntries(entries)
}

function cut(n: number): number {
  return Math.min(n, MAX_COUNT)
}
