import * as v from 'valibot'
import { dayOf, isDay } from './day.ts'
import { EVENT_RETENTION_DAYS, MAX_COUNT } from './limits.ts'
import { VERSION } from './version.ts'
import {
  DURATION_BINS,
  ERROR_TYPES,
  EXCHANGE_BINS,
  EXEC_SOURCES,
  FAILED_STEPS,
  INSTALL_METHODS,
  MCP_HOSTS,
  OS_TYPES,
  STT_PROVIDERS,
  TRANSPORTS,
  TTS_PROVIDERS,
} from './vocabulary.ts'

/** What people are told about a field. The compiler requires it for every field. */
export interface FieldAbout {
  /** Its name on a chart or in a table. */
  label: string
  /** Why it is collected, in one sentence. */
  purpose: string
  /** What it contains. Default: its words, or a whole number. */
  values?: string
  /** How many days the server keeps it, counted from the event's day. */
  keptDays: number
  /** The version of the consent notice that first listed it. */
  sinceNotice: number
}

function field<const Schema extends v.GenericSchema>(
  schema: Schema,
  about: Omit<FieldAbout, 'keptDays' | 'sinceNotice'> & Partial<FieldAbout>,
) {
  return v.pipe(
    schema,
    v.metadata({ keptDays: EVENT_RETENTION_DAYS, sinceNotice: 1, ...about } satisfies FieldAbout),
  )
}

function word<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `one of: ${words.join(', ')}`)
}

function count(least: 0 | 1) {
  const expected = `a whole number from ${least} to ${MAX_COUNT}`
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(MAX_COUNT, expected),
  )
}

/** A map from words to counts. Zeros are left out, so every count is at least 1. */
function counts<const Words extends readonly string[]>(words: Words) {
  const entries = Object.fromEntries(words.map((name) => [name, v.exactOptional(count(1))])) as {
    [Word in Words[number]]: v.ExactOptionalSchema<ReturnType<typeof count>, undefined>
  }
  return objectOf(entries, `an object of counts, its keys among: ${words.join(', ')}`)
}

/** @param expected what is expected where there is no such object, or one with a key that is not known. */
function objectOf<const Entries extends v.ObjectEntries>(entries: Entries, expected: string) {
  return v.strictObject(entries, (issue) =>
    issue.expected?.startsWith('"') ? 'a value; the field is missing' : expected,
  )
}

const HEX_16 = /^[0-9a-f]{16}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const WHOLE_HOUR = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):00:00\+00:00$/

const EXPECTED_TIMESTAMP = 'a whole UTC hour, written YYYY-MM-DDTHH:00:00+00:00'
const EXPECTED_RATE = 'a number from 0 to 100 with at most one decimal'

const environmentSchema = objectOf(
  {
    os_type: field(word(OS_TYPES), {
      label: 'Operating system',
      purpose: 'Shows which systems to test a release on.',
    }),
    install_method: field(word(INSTALL_METHODS), {
      label: 'Install method',
      purpose: 'Shows which ways of installing need the most care in docs and packaging.',
    }),
    mcp_host: field(word(MCP_HOSTS), {
      label: 'Assistant',
      purpose: 'Shows which AI assistants VoiceMode must work well with.',
    }),
    exec_source: field(word(EXEC_SOURCES), {
      label: 'Launched from',
      purpose: 'Shows whether people use VoiceMode through an AI assistant or from the command line.',
    }),
    version: field(v.pipe(v.string('a version'), v.regex(VERSION, 'MAJOR.MINOR.PATCH, or unknown')), {
      label: 'Version',
      purpose: 'Shows how fast people update, and when an old release needs no more support.',
      values: '`MAJOR.MINOR.PATCH` or `unknown`',
    }),
  },
  'an object with the fields of the environment and no others',
)

const usageSchema = objectOf(
  {
    total_sessions: field(count(0), {
      label: 'Sessions',
      purpose: 'Shows how much VoiceMode is used.',
    }),
    duration_distribution: field(counts(DURATION_BINS), {
      label: 'Session length',
      purpose: 'Shows whether people give short commands or have long conversations.',
    }),
    exchanges_per_session: field(counts(EXCHANGE_BINS), {
      label: 'Exchanges per session',
      purpose: 'Shows whether people have a conversation or give up after one try.',
    }),
    transport_usage: field(counts(TRANSPORTS), {
      label: 'Transport',
      purpose: 'Shows which transports are worth keeping.',
    }),
    tts_provider_usage: field(counts(TTS_PROVIDERS), {
      label: 'Text-to-speech (TTS) provider',
      purpose: 'Shows which text-to-speech providers to support first.',
    }),
    stt_provider_usage: field(counts(STT_PROVIDERS), {
      label: 'Speech-to-text (STT) provider',
      purpose: 'Shows which speech-to-text providers to support first.',
    }),
    success_rate: v.exactOptional(
      field(
        v.pipe(
          v.number(EXPECTED_RATE),
          v.minValue(0, EXPECTED_RATE),
          v.maxValue(100, EXPECTED_RATE),
          v.check((rate) => Math.round(rate * 10) / 10 === rate, EXPECTED_RATE),
        ),
        {
          label: 'Success rate',
          purpose: 'Shows when a release or a provider starts to fail.',
          values: 'percent, 0 to 100 with one decimal',
        },
      ),
    ),
    total_operations: field(count(0), {
      label: 'Operations',
      purpose: 'Shows how many operations the success rate is based on.',
    }),
    failed_steps: field(counts(FAILED_STEPS), {
      label: 'Where calls fail',
      purpose: 'Shows whether calls fail while speaking, recording or transcribing.',
    }),
    error_types: field(counts(ERROR_TYPES), {
      label: 'Kinds of error',
      purpose: 'Shows which errors to fix first.',
    }),
  },
  'an object with the fields of the usage and no others',
)

/** The event contract: each field, declared once. Everything else about fields derives from this. */
export const eventSchema = objectOf(
  {
    event_id: field(v.pipe(v.string('16 hex digits'), v.regex(HEX_16, '16 lower-case hex digits')), {
      label: 'Event id',
      purpose: 'Makes sure that an event sent twice is stored once.',
      values: '16 hex digits, computed from the installation and the day',
    }),
    telemetry_id: field(v.pipe(v.string('a UUID'), v.regex(UUID, 'a lower-case UUID, not the nil one')), {
      label: 'Installation',
      purpose: 'Groups the days of one installation, and lets you export or delete its data.',
      values: 'a random UUID, made only after consent',
    }),
    timestamp: field(
      v.pipe(
        v.string(EXPECTED_TIMESTAMP),
        v.regex(WHOLE_HOUR, EXPECTED_TIMESTAMP),
        v.check((timestamp) => isDay(dayOf(timestamp)), EXPECTED_TIMESTAMP),
      ),
      {
        label: 'Day',
        purpose: 'Says which UTC day the counts are for.',
        values: 'the start of a UTC day',
      },
    ),
    environment: environmentSchema,
    usage: usageSchema,
  },
  'an object with the fields of a telemetry event and no others',
)

/**
 * The percentage of operations that succeeded, rounded half up to one decimal. Computed in whole numbers, since a fraction such as
 * 0.05 is not exact.
 */
export function successRate(succeeded: number, operations: number): number {
  return Math.floor((2000 * succeeded + operations) / (2 * operations)) / 10
}
