import * as v from 'valibot'
import { dayOf, isDay } from './day.ts'
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

/** The largest number an event may hold; larger ones are cut to it. */
export const MAX_COUNT = 100_000

/** The largest body `POST /v1/events` takes, in bytes. A full event is under 3,000. */
export const MAX_EVENT_BYTES = 16_384

/** How long a server keeps an event after its day, in days, unless its operator sets fewer. */
export const EVENT_RETENTION_DAYS = 90

/** What people are told about a field. The compiler asks for all of it wherever a field is declared. */
export interface FieldAbout {
  /** Its name on a chart or in a table. */
  label: string
  /** Why it is collected, in one sentence. */
  purpose: string
  /** What it holds, where that is neither words nor a plain number. */
  values?: string
  /** Days the server keeps it, counted from the event's day. */
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

/** A map from words to counts. A count of zero is left out, so every number in it is at least 1. */
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
      purpose: 'Tells which systems a release must be tested on.',
    }),
    install_method: field(word(INSTALL_METHODS), {
      label: 'Install method',
      purpose: 'Tells which way of installing deserves the care in docs and packaging.',
    }),
    mcp_host: field(word(MCP_HOSTS), {
      label: 'Assistant',
      purpose: 'Tells which assistants VoiceMode must work well with.',
    }),
    exec_source: field(word(EXEC_SOURCES), {
      label: 'Launched from',
      purpose: 'Tells whether people speak through an assistant or from the command line.',
    }),
    version: field(v.pipe(v.string('a version'), v.regex(VERSION, 'MAJOR.MINOR.PATCH, or unknown')), {
      label: 'Version',
      purpose: 'Shows how fast a release spreads and when an old one can be let go.',
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
      purpose: 'Shows whether conversations are short commands or long talks.',
    }),
    exchanges_per_session: field(counts(EXCHANGE_BINS), {
      label: 'Exchanges per session',
      purpose: 'Shows whether people get into a conversation or give up after a try.',
    }),
    transport_usage: field(counts(TRANSPORTS), {
      label: 'Transport',
      purpose: 'Tells which transports are worth keeping.',
    }),
    tts_provider_usage: field(counts(TTS_PROVIDERS), {
      label: 'Text-to-speech (TTS) provider',
      purpose: 'Tells which text-to-speech providers to support first.',
    }),
    stt_provider_usage: field(counts(STT_PROVIDERS), {
      label: 'Speech-to-text (STT) provider',
      purpose: 'Tells which speech-to-text providers to support first.',
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
      purpose: 'Gives the success rate its weight.',
    }),
    failed_steps: field(counts(FAILED_STEPS), {
      label: 'Where calls fail',
      purpose: 'Shows whether calls fail at speaking, recording or transcribing.',
    }),
    error_types: field(counts(ERROR_TYPES), {
      label: 'Kinds of error',
      purpose: 'Points to what to mend first.',
    }),
  },
  'an object with the fields of the usage and no others',
)

/** The event contract: every field, once. Everything else about fields derives from this. */
export const eventSchema = objectOf(
  {
    event_id: field(v.pipe(v.string('16 hex digits'), v.regex(HEX_16, '16 lower-case hex digits')), {
      label: 'Event',
      purpose: 'Lets a repeated delivery be stored once.',
      values: '16 hex digits, derived from the next two',
    }),
    telemetry_id: field(v.pipe(v.string('a UUID'), v.regex(UUID, 'a lower-case UUID, not the nil one')), {
      label: 'Installation',
      purpose: 'Lets days of one installation be told from days of many, and its data be deleted on request.',
      values: 'a random-looking UUID, made only after consent',
    }),
    timestamp: field(
      v.pipe(
        v.string(EXPECTED_TIMESTAMP),
        v.regex(WHOLE_HOUR, EXPECTED_TIMESTAMP),
        v.check((timestamp) => isDay(dayOf(timestamp)), EXPECTED_TIMESTAMP),
      ),
      {
        label: 'Day',
        purpose: 'Places the counts on the UTC day they cover.',
        values: 'the start of a UTC day',
      },
    ),
    environment: environmentSchema,
    usage: usageSchema,
  },
  'an object with the fields of a telemetry event and no others',
)

/** Percent of operations that succeeded, rounded half up to one decimal; in whole numbers, so that a half is a half. */
export function successRate(succeeded: number, operations: number): number {
  return Math.floor((2000 * succeeded + operations) / (2 * operations)) / 10
}

export type TelemetryEvent = v.InferOutput<typeof eventSchema>
export type Environment = TelemetryEvent['environment']
export type Usage = TelemetryEvent['usage']

/**
 * The bytes of an event: the body of the request, the queue file, the history file and what `preview` prints.
 *
 * @returns indented JSON with a final line end, so that a person can read what leaves the machine.
 */
export function encodeEvent(event: TelemetryEvent): string {
  return `${JSON.stringify(event, null, 2)}\n`
}
