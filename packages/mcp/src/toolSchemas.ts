import {
  fromJsonSchema,
  type JsonSchemaType,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server'
import { NO_WORDS, type Status } from 'voicemode-telemetry'

const STATE: JsonSchemaType = { enum: ['granted', 'denied', 'unset'] }
const TEXT: JsonSchemaType = { type: 'string' }
const TEXT_OR_NULL: JsonSchemaType = { type: ['string', 'null'] }

const STATUS_PROPERTIES = {
  state: STATE,
  decided_by: TEXT,
  reason: TEXT,
  remedy: { ...TEXT_OR_NULL, description: 'How the person can change it.' },
  added_to_notice: { type: 'array', items: TEXT },
  answered_at: TEXT_OR_NULL,
  answered_by: TEXT_OR_NULL,
  answered_for: TEXT_OR_NULL,
  telemetry_id: TEXT_OR_NULL,
  endpoint: TEXT_OR_NULL,
  endpoint_problem: TEXT_OR_NULL,
  event_logs: {
    type: 'boolean',
    description: 'Whether VoiceMode writes the logs from which failures are counted.',
  },
  proxy: TEXT_OR_NULL,
  proxy_problem: TEXT_OR_NULL,
  other_proxy: {
    type: ['string', 'null'],
    description: 'What the last send used, if that is another proxy.',
  },
  copy: {
    enum: ['found', 'replaced', null],
    description:
      "Whether these files are a copy of another machine's, and whether this one has its own id by now.",
  },
  own_folder: { type: 'string', description: 'Where the files are that belong to this machine alone.' },
  ignored_by_git: { type: 'boolean', description: 'Whether .gitignore there leaves them out.' },
  foreign_files: {
    type: ['object', 'null'],
    description: "Files that another user owns and that can't be used, and a command that mends it.",
  },
  log_folders: { type: 'array', description: "The folders of VoiceMode's logs, and what is in them." },
  due_days: { type: 'array', items: TEXT, description: 'Days that are over and have no event yet.' },
  last_background_send: TEXT_OR_NULL,
  next_background_send: {
    ...TEXT_OR_NULL,
    description: 'The earliest time of the next background send; null if one may begin now.',
  },
  waiting: { type: 'array', description: 'Events in the queue, and when each is deleted unsent.' },
  dropped_unsent: { type: 'integer', description: 'Events that were deleted unsent so far.' },
  last_dropped_unsent: TEXT_OR_NULL,
  not_before: TEXT_OR_NULL,
  clock_not_believed: {
    type: 'boolean',
    description: "Whether this machine's clock has leapt, so that nothing old is deleted or sent.",
  },
  queued: { type: 'integer', description: 'Events that wait to be sent.' },
  last_failure: { type: ['object', 'null'], description: 'Why the last event that was tried still waits.' },
  last_sent: { type: ['object', 'null'] },
  next_report: { type: ['object', 'null'] },
  held_up: { type: ['object', 'null'], description: 'What keeps a send from running now, and until when.' },
  times_ahead: {
    type: 'array',
    description: "Times in telemetry's files that lie ahead of the clock and so count as now.",
  },
  last_refused: { type: ['object', 'null'] },
} satisfies Record<keyof Status, JsonSchemaType>

export const STATUS_SCHEMA = open(
  {
    ...STATUS_PROPERTIES,
    open_question: { type: 'string', description: 'A question to the person has no answer yet.' },
  },
  Object.keys(STATUS_PROPERTIES),
)

export const PREVIEW_SCHEMA = open({
  day: TEXT,
  body: { type: ['string', 'null'], description: 'The exact bytes; null if nothing would be sent.' },
  place: { enum: ['queue', 'sent', 'rejected', null], description: 'Where these bytes already are.' },
  notes: { type: 'array', items: TEXT },
})

export const PREFERENCE_SCHEMA = open(
  {
    outcome: { enum: ['yes recorded', 'no recorded', 'nothing changed'] },
    state: STATE,
    decided_by: TEXT,
    comment: TEXT,
    command: { type: 'string', description: 'What the person can type in a terminal.' },
  },
  ['outcome', 'state', 'decided_by', 'comment'],
)

export const FORGET_SCHEMA = open(
  { outcome: { enum: ['done', 'failed', 'unknown', 'no secret'] }, why: TEXT },
  ['outcome'],
)

function open(
  properties: Record<string, JsonSchemaType>,
  required = Object.keys(properties),
): JsonSchemaType {
  return { type: 'object', properties, required }
}

/** The arguments of a tool, each by its name. Unknown ones are refused, and then nothing is done: a tool does what it is asked or refuses. */
export function argumentsOf<Arguments>(
  properties: Record<string, JsonSchemaType>,
  required: string[] = [],
): StandardSchemaWithJSON<Arguments, Arguments> {
  return fromJsonSchema<Arguments>({ ...open(properties, required), additionalProperties: false })
}

/** As {@link argumentsOf}, but a clear no counts whatever stands beside it, and also as a word or a number. */
export const PREFERENCE_ARGUMENTS = withEveryNo(
  argumentsOf<{ enabled: boolean }>(
    { enabled: { type: 'boolean', description: 'true: ask the person; false: turn it off.' } },
    ['enabled'],
  ),
)

function withEveryNo(
  schema: StandardSchemaWithJSON<{ enabled: boolean }, { enabled: boolean }>,
): typeof schema {
  const standard = schema['~standard']
  return {
    '~standard': {
      ...standard,
      validate: (given) =>
        isNo((given as { enabled?: unknown } | null)?.enabled)
          ? { value: { enabled: false } }
          : standard.validate(given),
    },
  }
}

function isNo(value: unknown): boolean {
  const isPlain = ['boolean', 'number', 'string'].includes(typeof value)
  return isPlain && NO_WORDS.includes(String(value).trim().toLowerCase())
}
