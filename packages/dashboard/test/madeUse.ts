import {
  addDays,
  type Day,
  DURATION_BINS,
  dayTimestamp,
  deriveEventId,
  ERROR_TYPES,
  EXCHANGE_BINS,
  EXEC_SOURCES,
  FAILED_STEPS,
  INSTALL_METHODS,
  MCP_HOSTS,
  OS_TYPES,
  STT_PROVIDERS,
  successRate,
  type TelemetryEvent,
  TRANSPORTS,
  TTS_PROVIDERS,
} from '@voicemode-telemetry/protocol'
import fc from 'fast-check'

/** What one installation did within one hour of one day, as whoever counts by hand would write it down. */
export interface Use {
  who: number
  day: Day
  hour: number
  environment: TelemetryEvent['environment']
  /** The bin of each session. */
  durations: string[]
  exchanges: string[]
  transports: string[]
  speakers: string[]
  listeners: string[]
  errors: string[]
  /** Of each operation the step at which it failed, if it did. */
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

/** Environments that few installations have all of, so that filters let through some. */
const environment = fc.record({
  os_type: fc.constantFrom(...OS_TYPES),
  install_method: fc.constantFrom(...INSTALL_METHODS),
  mcp_host: fc.constantFrom(...MCP_HOSTS),
  exec_source: fc.constantFrom(...EXEC_SOURCES),
  version: fc.constantFrom(...VERSIONS),
})

/** Some use: most installations have an environment and a habit of their own; some change it, some report twice a day. */
function anyUse(days: readonly Day[]): fc.Arbitrary<Use[]> {
  const hours = fc.constantFrom([0], [0], [0], [0, 13])
  const installation = fc.record({
    environments: fc.array(environment, { minLength: 1, maxLength: 3 }),
    active: fc.constantFrom(2, 8, 30).chain((often) =>
      fc.array(
        fc.integer({ min: 0, max: 99 }).map((drawn) => drawn < often),
        { minLength: days.length, maxLength: days.length },
      ),
    ),
    hours: fc.array(hours, { minLength: 7, maxLength: 7 }),
    doings: fc.array(doing, { minLength: 11, maxLength: 11 }),
  })
  return fc.array(installation, { minLength: 22, maxLength: 26 }).map((installations) =>
    installations.flatMap(({ environments, active, doings, ...of }, who) =>
      days.flatMap((day, n) => {
        // The last day is used by all, so that counts over weeks reach to it.
        if (!active[n] && n < days.length - 1) return []
        return (of.hours[n % 7] ?? [0]).map((hour) => ({
          ...(doings[(n + hour) % 11] as Doing),
          ...{ who, day, hour },
          environment: environments[(n + hour) % environments.length] as Use['environment'],
        }))
      }),
    ),
  )
}

const sessions = { minLength: 0, maxLength: 9 }
const doing = fc.array(fc.constantFrom(...DURATION_BINS), sessions).chain((durations) => {
  const each = { minLength: durations.length, maxLength: durations.length }
  const most = { maxLength: durations.length }
  return fc.record({
    durations: fc.constant<string[]>(durations),
    exchanges: fc.array(fc.constantFrom<string[]>(...EXCHANGE_BINS), each),
    transports: fc.array(fc.constantFrom<string[]>(...TRANSPORTS), most),
    speakers: fc.array(fc.constantFrom<string[]>(...TTS_PROVIDERS), most),
    listeners: fc.array(fc.constantFrom<string[]>(...STT_PROVIDERS), most),
    errors: fc.array(fc.constantFrom<string[]>(...ERROR_TYPES), { maxLength: 4 }),
    operations: fc.array(fc.option(fc.constantFrom<string[]>(...FAILED_STEPS)), { maxLength: 40 }),
  })
})
type Doing = Omit<Use, 'who' | 'day' | 'hour' | 'environment'>

/** Use of the days that end with one, different for each seed. */
export function makeUse(seed: number, lastDay: Day, days: number): Use[] {
  const all = Array.from({ length: days }, (_, n) => addDays(lastDay, n + 1 - days))
  return fc.sample(anyUse(all), { seed, numRuns: 1 })[0] ?? []
}

/** The event that tells of it. */
export async function eventOf(use: Use): Promise<TelemetryEvent> {
  const telemetry_id = `00000000-0000-8000-8000-${use.who.toString(16).padStart(12, '0')}`
  const timestamp = dayTimestamp(use.day).replace('T00', `T${String(use.hour).padStart(2, '0')}`)
  const operations = use.operations.length
  const failed = use.operations.filter((step) => step !== null)
  return {
    event_id: await deriveEventId(telemetry_id, timestamp),
    telemetry_id,
    timestamp,
    environment: use.environment,
    usage: {
      total_sessions: use.durations.length,
      duration_distribution: tally(use.durations),
      exchanges_per_session: tally(use.exchanges),
      transport_usage: tally(use.transports),
      tts_provider_usage: tally(use.speakers),
      stt_provider_usage: tally(use.listeners),
      ...(operations > 0 && { success_rate: successRate(operations - failed.length, operations) }),
      total_operations: operations,
      failed_steps: tally(failed),
      error_types: tally(use.errors),
    },
  }
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
