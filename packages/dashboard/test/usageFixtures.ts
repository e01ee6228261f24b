import {
  addDays,
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

/** What one installation did in one hour of one day. Counting it by hand gives the expected numbers. */
export interface Usage {
  installation: number
  day: Day
  hour: number
  environment: TelemetryEvent['environment']
  /** The bin of each session. */
  durations: string[]
  exchanges: string[]
  transports: string[]
  ttsProviders: string[]
  sttProviders: string[]
  errors: string[]
  /** For each operation the step that failed; null if it succeeded. */
  operations: (string | null)[]
}

const VERSIONS = [
  '8.12.1',
  '8.12.0',
  '8.11.3',
  '8.10.0',
  '8.9.1',
  '8.8.0',
  '8.7.2',
  '8.6.0',
  'unknown',
] as const

/** Few installations have the same environment, so that each filter lets some through. */
const environment = anyEnvironment(VERSIONS)

/** Usage on some of the days. Most installations keep their environment; some change it, some report twice a day. */
function anyUsage(days: readonly Day[]): fc.Arbitrary<Usage[]> {
  const anyHours = fc.constantFrom([0], [0], [0], [0, 13])
  const anyInstallation = fc.record({
    environments: fc.array(environment, { minLength: 1, maxLength: 3 }),
    active: fc.constantFrom(2, 8, 30).chain((often) =>
      fc.array(
        fc.integer({ min: 0, max: 99 }).map((drawn) => drawn < often),
        { minLength: days.length, maxLength: days.length },
      ),
    ),
    hours: fc.array(anyHours, { minLength: 7, maxLength: 7 }),
    activities: fc.array(activity, { minLength: 11, maxLength: 11 }),
  })
  return fc.array(anyInstallation, { minLength: 22, maxLength: 26 }).map((installations) =>
    installations.flatMap(({ environments, active, activities, hours }, installation) =>
      days.flatMap((day, n) => {
        // All are active on the last day, so that it has every count over weeks.
        if (!active[n] && n < days.length - 1) return []
        return (hours[n % 7] ?? [0]).map((hour) => ({
          ...(activities[(n + hour) % 11] as Activity),
          ...{ installation, day, hour },
          environment: environments[(n + hour) % environments.length] as Usage['environment'],
        }))
      }),
    ),
  )
}

const sessions = { minLength: 0, maxLength: 9 }
const activity = fc.array(fc.constantFrom(...DURATION_BINS), sessions).chain((durations) => {
  const each = { minLength: durations.length, maxLength: durations.length }
  const most = { maxLength: durations.length }
  return fc.record({
    durations: fc.constant<string[]>(durations),
    exchanges: fc.array(fc.constantFrom<string[]>(...EXCHANGE_BINS), each),
    transports: fc.array(fc.constantFrom<string[]>(...TRANSPORTS), most),
    ttsProviders: fc.array(fc.constantFrom<string[]>(...TTS_PROVIDERS), most),
    sttProviders: fc.array(fc.constantFrom<string[]>(...STT_PROVIDERS), most),
    errors: fc.array(fc.constantFrom<string[]>(...ERROR_TYPES), { maxLength: 4 }),
    operations: fc.array(fc.option(fc.constantFrom<string[]>(...FAILED_STEPS)), { maxLength: 40 }),
  })
})
type Activity = Omit<Usage, 'installation' | 'day' | 'hour' | 'environment'>

/** Usage on the days up to the last one; the same seed gives the same usage. */
export function usageFixtures(seed: number, lastDay: Day, days: number): Usage[] {
  const all = Array.from({ length: days }, (_, n) => addDays(lastDay, n + 1 - days))
  return fc.sample(anyUsage(all), { seed, numRuns: 1 })[0] ?? []
}

/** The event that reports it. */
export async function eventOf(usage: Usage): Promise<TelemetryEvent> {
  const telemetry_id = `00000000-0000-8000-8000-${usage.installation.toString(16).padStart(12, '0')}`
  const timestamp = dayTimestamp(usage.day).replace('T00', `T${String(usage.hour).padStart(2, '0')}`)
  const operations = usage.operations.length
  const failed = usage.operations.filter((step) => step !== null)
  return {
    event_id: deriveEventId(telemetry_id, timestamp),
    telemetry_id,
    timestamp,
    environment: usage.environment,
    usage: {
      total_sessions: usage.durations.length,
      duration_distribution: tally(usage.durations),
      exchanges_per_session: tally(usage.exchanges),
      transport_usage: tally(usage.transports),
      tts_provider_usage: tally(usage.ttsProviders),
      stt_provider_usage: tally(usage.sttProviders),
      ...(operations > 0 && { success_rate: successRate(operations - failed.length, operations) }),
      total_operations: operations,
      failed_steps: tally(failed),
      error_types: tally(usage.errors),
    },
  }
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
