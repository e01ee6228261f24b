import {
  type Day,
  DURATION_BINS,
  dayTimestamp,
  deriveEventId,
  ERROR_TYPES,
  EXCHANGE_BINS,
  FAILED_STEPS,
  STT_PROVIDERS,
  successRate,
  type TelemetryEvent,
  TRANSPORTS,
  TTS_PROVIDERS,
} from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { anyEnvironment } from '../../../scripts/anyEnvironment.ts'
import { exampleEnvironment } from '../../../scripts/exampleEnvironment.ts'

/** The day on which tests are set unless they say otherwise. */
export const TODAY: Day = '2026-11-21'
export const NOON = Date.parse(`${TODAY}T12:00:00Z`)

/** The id of the n-th installation of a test. */
function installationId(n: number): string {
  return `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A valid event, alike for everyone but for who and when. */
export async function eventOf(of: {
  /** Its number among a test's installations, or its id. */
  installation: number | string
  day?: Day
  hour?: number
}): Promise<TelemetryEvent> {
  const telemetry_id = typeof of.installation === 'number' ? installationId(of.installation) : of.installation
  const timestamp = dayTimestamp(of.day ?? TODAY).replace('T00', `T${String(of.hour ?? 0).padStart(2, '0')}`)
  return {
    event_id: deriveEventId(telemetry_id, timestamp),
    telemetry_id,
    timestamp,
    environment: exampleEnvironment({ install_method: 'uv' }),
    usage: {
      total_sessions: 3,
      duration_distribution: { '<1min': 1, '1-5min': 2 },
      exchanges_per_session: { '1-5': 3 },
      transport_usage: { local: 3 },
      tts_provider_usage: { openai: 1, kokoro: 2 },
      stt_provider_usage: { 'whisper-local': 3 },
      success_rate: 90,
      total_operations: 10,
      failed_steps: { speak: 1 },
      error_types: { ConnectionError: 1 },
    },
  }
}

/** Any valid event of one day, of few installations so that they meet. */
export function anyEvent(day: Day = TODAY): fc.Arbitrary<TelemetryEvent> {
  return fc
    .record({
      installation: fc.integer({ min: 1, max: 5 }),
      hour: fc.integer({ min: 0, max: 23 }),
      environment: anyEnvironment(['unknown', '8.12.0', '8.11.1']),
      durations: fc.array(fc.constantFrom(...DURATION_BINS), { maxLength: 20 }),
      exchanges: fc.array(fc.constantFrom(...EXCHANGE_BINS), { minLength: 20, maxLength: 20 }),
      transports: fc.array(fc.constantFrom(...TRANSPORTS)),
      speakers: fc.array(fc.constantFrom(...TTS_PROVIDERS)),
      listeners: fc.array(fc.constantFrom(...STT_PROVIDERS)),
      errors: fc.array(fc.constantFrom(...ERROR_TYPES)),
      operations: fc.array(fc.option(fc.constantFrom(...FAILED_STEPS)), { maxLength: 60 }),
    })
    .map(({ installation, hour, environment, operations, ...any }) => {
      const sessions = any.durations.length
      const failed = operations.filter((step) => step !== null)
      return {
        event_id: `${installation}${hour}`.padStart(16, '0'),
        telemetry_id: installationId(installation),
        timestamp: dayTimestamp(day).replace('T00', `T${String(hour).padStart(2, '0')}`),
        environment,
        usage: {
          total_sessions: sessions,
          duration_distribution: tally(any.durations),
          exchanges_per_session: tally(any.exchanges.slice(0, sessions)),
          transport_usage: tally(any.transports.slice(0, sessions)),
          tts_provider_usage: tally(any.speakers.slice(0, sessions)),
          stt_provider_usage: tally(any.listeners.slice(0, sessions)),
          ...(operations.length > 0 && {
            success_rate: successRate(operations.length - failed.length, operations.length),
          }),
          total_operations: operations.length,
          failed_steps: tally(failed),
          error_types: tally(any.errors),
        },
      }
    })
}

function tally<Word extends string>(words: readonly Word[]): { [Key in Word]?: number } {
  const counts: { [Key in Word]?: number } = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
