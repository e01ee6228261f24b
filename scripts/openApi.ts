import { readFileSync } from 'node:fs'
import { toJsonSchema } from '@valibot/to-json-schema'
import { eventSchema, FIELDS, SECRET_BYTES } from '../packages/protocol/src/index.ts'
import { SEGMENT_FIELDS } from '../packages/server/src/counts/segments.ts'
import { PROBLEM_KINDS, type ProblemKind } from '../packages/server/src/http/problem.ts'

type Json = Record<string, unknown>

interface Operation {
  summary: string
  tag: 'events' | 'rights' | 'reports' | 'policy' | 'maintainers' | 'operators'
  parameters?: Json[]
  body?: { type: string; schema: Json }
  /** What is answered when it is done, by status. */
  answers: Record<number, Json>
  /** Beside `unexpected`, which any route may answer. */
  problems?: ProblemKind[]
}

const BODY_PROBLEMS: ProblemKind[] = ['malformed-json', 'too-large', 'not-json']
const MAINTAINER_PROBLEMS: ProblemKind[] = ['not-signed-in', 'not-this-host']
const WAITS: readonly number[] = [429, 503]

/** The server's interface as OpenAPI 3.1: bodies from the event contract, refusals from the server's list of them. */
export function composeOpenApi(): Json {
  const manifest = new URL('../packages/server/package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    openapi: '3.1.1',
    info: {
      title: 'VoiceMode Telemetry',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        "Takes telemetry events and shows what they tell. Every refusal is `application/problem+json` with a stable type and names fields, never a value that was sent. An unknown address is answered `not-found`, a method that is not taken `method-not-allowed`, what is no request in HTTP or comes too slowly `malformed-request`, `headers-too-large` or `too-slow`, and the server's own mistake `unexpected`.",
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(
      Object.entries(PATHS).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [method, describeOperation(operation)]),
        ),
      ]),
    ),
    components: {
      schemas: { Event: eventJsonSchema(), ...SCHEMAS },
      responses: Object.fromEntries(
        (Object.keys(PROBLEM_KINDS) as ProblemKind[]).map((kind) => [kind, describeProblems([kind])]),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The admin token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'voicemode_telemetry_session' },
      },
    },
  }
}

const DAY: Json = { type: 'string', format: 'date' }
const WEEK: Json = {
  type: 'string',
  pattern: '^\\d{4}-W\\d{2}$',
  description: 'A week of ISO 8601, as 2026-W47',
}
const WEEK_IN_PATH: Json = { name: 'week', in: 'path', required: true, schema: WEEK }
const ANSWERED: Record<string, Json> = { export: { type: 'integer' }, delete: { type: 'integer' } }

/** What every chart takes. */
const RANGE: Json[] = [
  query('from', DAY),
  query('to', DAY),
  query('format', { enum: ['json', 'csv'], default: 'json' }),
]

const SCHEMAS: Json = {
  Secret: {
    type: 'object',
    required: ['secret'],
    additionalProperties: false,
    properties: {
      secret: {
        type: 'string',
        pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$',
        description: `The installation's secret, ${SECRET_BYTES} bytes in base64url without padding.`,
      },
    },
  },
  Count: object({ day: DAY, field: { type: 'string' }, value: { type: 'string' }, n: { type: 'integer' } }),
  Report: object({
    week: WEEK,
    from: DAY,
    to: DAY,
    epsilon: { type: 'number', description: 'Spent on this week, over all tables' },
    tables_published: { type: 'integer' },
    epsilon_per_table: { type: 'number' },
    noise_scale: { type: 'number', description: 'Of the discrete Laplace noise of each count' },
    plus_minus: { type: 'integer', description: 'Half width of the error bars of a single count' },
    fold_below: { type: 'integer' },
    tables_from: { type: 'integer' },
    total: { type: 'integer' },
    tables: { type: 'array', items: ref('ReportTable') },
    notes: { type: 'array', items: { type: 'string' } },
  }),
  ReportTable: object({
    field: { enum: FIELDS.map(({ path }) => path) },
    label: { type: 'string' },
    rows: {
      type: 'array',
      items: object({ value: { type: 'string' }, n: { type: 'integer' }, plus_minus: { type: 'integer' } }),
    },
    folded: { type: 'array', items: { type: 'string' } },
  }),
  ListedReport: object({
    week: WEEK,
    from: DAY,
    to: DAY,
    state: { enum: ['published', 'held'] },
    made_on: DAY,
    deletions_since: { type: 'integer' },
    links: object({ json: { type: 'string' }, csv: { type: 'string' }, page: { type: 'string' } }),
  }),
  PolicyField: object({
    path: { enum: FIELDS.map(({ path }) => path) },
    label: { type: 'string' },
    purpose: { type: 'string' },
    keptDays: { type: 'integer' },
    values: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    isMap: { type: 'boolean' },
  }),
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status'],
    properties: {
      type: { enum: Object.keys(PROBLEM_KINDS).map(typeOf) },
      title: { type: 'string' },
      status: { type: 'integer' },
      problems: {
        type: 'array',
        description: 'What to mend: the path of a field, empty for the whole, and what was expected there.',
        items: object({ field: { type: 'string' }, expected: { type: 'string' } }),
      },
    },
  },
}

const PATHS: Record<string, Partial<Record<'get' | 'post', Operation>>> = {
  '/v1/events': {
    post: {
      summary: 'Hands in one event; answered once it is safely stored',
      tag: 'events',
      parameters: [objection('DNT'), objection('Sec-GPC')],
      body: { type: 'application/json', schema: ref('Event') },
      answers: {
        200: json('Stored, or stored before', {
          type: 'object',
          required: ['status', 'event_id'],
          properties: { status: { const: 'ok' }, event_id: { type: 'string' }, duplicate: { const: true } },
        }),
        204: { description: 'The sender does not want to be tracked: nothing was read and nothing is kept' },
      },
      problems: [
        ...BODY_PROBLEMS,
        'not-an-event',
        'too-many-from-address',
        'too-many-from-installation',
        'store-unavailable',
      ],
    },
  },
  '/v1/rights/export': {
    post: {
      summary: 'All that is stored of the installation whose secret it is; alike for one that is not known',
      tag: 'rights',
      body: { type: 'application/json', schema: ref('Secret') },
      answers: {
        200: json(
          'Its events, oldest first',
          object({
            status: { const: 'ok' },
            telemetry_id: { type: 'string', format: 'uuid' },
            events: { type: 'array', items: ref('Event') },
          }),
        ),
      },
      problems: [...BODY_PROBLEMS, 'not-a-secret', 'too-many-from-address', 'store-unavailable'],
    },
  },
  '/v1/rights/delete': {
    post: {
      summary: 'Deletes it all; for 8 days events of that installation are taken and dropped',
      tag: 'rights',
      body: { type: 'application/json', schema: ref('Secret') },
      answers: { 200: json('Deleted', object({ status: { const: 'ok' } })) },
      problems: [...BODY_PROBLEMS, 'not-a-secret', 'too-many-from-address', 'store-unavailable'],
    },
  },
  '/v1/charts/daily': {
    get: {
      summary: 'Counts by day, field and value, of everyone or of those with one value of one field',
      tag: 'maintainers',
      parameters: [
        ...RANGE,
        {
          ...query('field', { type: 'string' }),
          description:
            'One field alone: `installations`, `installations.last_7_days`, `installations.last_30_days`, `installations.new`, `installations.cohort`, or a path of the contract.',
        },
        {
          ...query('filter', { type: 'string', examples: ['environment.os_type:Linux'] }),
          description: `Of the installations with this value: its field is one of ${SEGMENT_FIELDS.join(', ')}, a version is written MAJOR.MINOR. Activity over several days is there for everyone only.`,
        },
      ],
      answers: {
        200: {
          description:
            'The counts of the days asked for, of the last 30 where none were. A cohort stands on the Monday of its week, its value the number of weeks since.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['from', 'to', 'counts'],
                properties: {
                  from: DAY,
                  to: DAY,
                  filter: { type: 'string' },
                  counts: { type: 'array', items: ref('Count') },
                },
              },
            },
            'text/csv': { schema: { type: 'string' } },
          },
        },
      },
      problems: [...MAINTAINER_PROBLEMS, 'not-a-query', 'store-unavailable'],
    },
  },
  '/v1/charts/segments': {
    get: {
      summary: 'Who a word was counted of: by system, assistant and version, each by itself',
      tag: 'maintainers',
      parameters: [
        ...RANGE,
        {
          ...query('field', { enum: FIELDS.filter(({ words }) => words.length > 0).map(({ path }) => path) }),
          required: true,
        },
        {
          ...query('value', { type: 'string' }),
          required: true,
          description: "A word of that field's vocabulary.",
        },
      ],
      answers: {
        200: {
          description:
            'For each segment how often that word was counted over the days, and how often any word of the field was; those with the most first; 0 where other words of the field were',
          content: {
            'application/json': {
              schema: object({
                from: DAY,
                to: DAY,
                field: { type: 'string' },
                value: { type: 'string' },
                segments: {
                  type: 'array',
                  items: object({
                    segment: { enum: SEGMENT_FIELDS },
                    value: { type: 'string' },
                    n: { type: 'integer' },
                    of: { type: 'integer' },
                  }),
                },
              }),
            },
            'text/csv': { schema: { type: 'string' } },
          },
        },
      },
      problems: [...MAINTAINER_PROBLEMS, 'not-a-query', 'store-unavailable'],
    },
  },
  '/v1/reports': {
    get: {
      summary: 'Every weekly report, and what changes beside them',
      tag: 'reports',
      answers: {
        200: json(
          'Newest week first; `next` is null where events are kept for too short a time',
          object({
            reports: { type: 'array', items: ref('ListedReport') },
            running_epsilon: { type: 'number' },
            first_week: WEEK,
            next: { oneOf: [object({ week: WEEK, on: DAY }), { type: 'null' }] },
          }),
        ),
      },
      problems: ['store-unavailable'],
    },
  },
  '/v1/reports/{week}': {
    get: {
      summary: 'The report of a week, always the same bytes',
      tag: 'reports',
      parameters: [WEEK_IN_PATH, query('format', { enum: ['json', 'csv'], default: 'json' })],
      answers: {
        200: {
          description: 'The report as it was made',
          content: {
            'application/json': { schema: ref('Report') },
            'text/csv': { schema: { type: 'string' } },
          },
        },
        304: { description: 'The same as the `ETag` that was sent with `If-None-Match`' },
      },
      problems: ['not-a-query', 'not-found', 'report-held', 'store-unavailable'],
    },
    post: {
      summary: 'Holds a report back, releases it, or makes that of a week before the server was set up',
      tag: 'maintainers',
      parameters: [WEEK_IN_PATH],
      body: {
        type: 'application/json',
        schema: { oneOf: [object({ held: { type: 'boolean' } }), object({ make: { const: true } })] },
      },
      answers: {
        200: json(
          'Done',
          object({ status: { const: 'ok' }, week: WEEK, state: { enum: ['published', 'held'] } }),
        ),
      },
      problems: [
        ...BODY_PROBLEMS,
        ...MAINTAINER_PROBLEMS,
        'other-site',
        'not-found',
        'not-reportable',
        'not-an-order',
        'store-unavailable',
      ],
    },
  },
  '/report': { get: page('reports', 'The newest weekly report, as a page') },
  '/report/{week}': {
    get: {
      summary: 'A weekly report, as a page',
      tag: 'reports',
      parameters: [WEEK_IN_PATH],
      answers: {
        200: { description: 'A page', content: { 'text/html': {} } },
        404: { description: 'A page: there is none, or it is held back', content: { 'text/html': {} } },
      },
    },
  },
  '/v1/transparency': {
    get: {
      summary: 'How the notice changed, and what was asked of the server',
      tag: 'policy',
      answers: {
        200: json(
          'Newest first; months are the last 12',
          object({
            notices: {
              type: 'array',
              items: object({ version: { type: 'integer' }, date: DAY, change: { type: 'string' } }),
            },
            requests_answered: object({
              total: object(ANSWERED),
              months: { type: 'array', items: object({ month: { type: 'string' }, ...ANSWERED }) },
            }),
          }),
        ),
      },
      problems: ['store-unavailable'],
    },
  },
  '/transparency': { get: page('policy', 'The same, as a page') },
  '/v1/policy': {
    get: {
      summary: 'What is collected and why',
      tag: 'policy',
      answers: {
        200: json(
          'Every field of an event, in its order',
          object({
            lastUpdate: DAY,
            retentionDays: { type: 'integer' },
            fields: { type: 'array', items: ref('PolicyField') },
          }),
        ),
      },
    },
  },
  '/privacy': { get: page('policy', 'What is collected and why, as a page') },
  '/.well-known/gpc.json': {
    get: {
      summary: 'That Global Privacy Control is heeded',
      tag: 'policy',
      answers: { 200: json('Always the same', object({ gpc: { const: true }, lastUpdate: DAY })) },
    },
  },
  '/': {
    get: {
      ...page('maintainers', 'The dashboard'),
      answers: {
        200: { description: 'A page', content: { 'text/html': {} } },
        303: { description: 'To the sign-in, for whoever is not signed in' },
      },
      problems: ['not-this-host'],
    },
  },
  '/assets/{name}': {
    get: {
      summary: "The dashboard's files",
      tag: 'maintainers',
      parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
      answers: { 200: { description: 'A file' } },
      problems: [...MAINTAINER_PROBLEMS, 'not-found'],
    },
  },
  '/sign-in': {
    get: {
      ...page('maintainers', 'The form for the admin token; there only where one is set'),
      problems: ['not-found'],
    },
    post: {
      summary: 'Exchanges the admin token for a session of 12 hours',
      tag: 'maintainers',
      body: { type: 'application/x-www-form-urlencoded', schema: object({ token: { type: 'string' } }) },
      answers: {
        303: { description: 'To the dashboard, with the session in a cookie' },
        401: { description: 'The form again: that is not the token', content: { 'text/html': {} } },
        429: { description: 'The form again: too many attempts', content: { 'text/html': {} } },
      },
      problems: ['malformed-json', 'other-site', 'too-large', 'not-a-form', 'not-json'],
    },
  },
  '/sign-out': {
    post: {
      summary: 'Takes the session from the browser',
      tag: 'maintainers',
      answers: { 303: { description: 'To the sign-in' } },
      problems: ['other-site'],
    },
  },
  '/pages.css': {
    get: {
      summary: "The style of the server's own pages",
      tag: 'policy',
      answers: { 200: { description: 'A style sheet', content: { 'text/css': {} } } },
    },
  },
  '/metrics': {
    get: {
      summary: 'Counts since the start of this process, of no one in particular',
      tag: 'maintainers',
      answers: {
        200: { description: "Prometheus' text format", content: { 'text/plain': {} } },
      },
      problems: MAINTAINER_PROBLEMS,
    },
  },
  '/healthz': {
    get: {
      summary: 'Whether the server and its store are well',
      tag: 'operators',
      answers: { 200: json('Well', object({ status: { const: 'ok' } })) },
      problems: ['store-unavailable'],
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This description',
      tag: 'operators',
      answers: { 200: json('OpenAPI 3.1', { type: 'object' }) },
    },
  },
}

function describeOperation({ summary, tag, parameters, body, answers, problems = [] }: Operation): Json {
  const byStatus = Object.groupBy([...problems, 'unexpected' as const], (kind) => PROBLEM_KINDS[kind].status)
  const refusals = Object.entries(byStatus).map(([status, kinds]) => [
    status,
    kinds.length === 1 ? { $ref: `#/components/responses/${kinds[0]}` } : describeProblems(kinds),
  ])
  return {
    summary,
    tags: [tag],
    ...(tag === 'maintainers' && problems.includes('not-signed-in') && { security: MAINTAINERS }),
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: { [body.type]: { schema: body.schema } } } }),
    responses: { ...Object.fromEntries(refusals), ...answers },
  }
}

/** On loopback without an admin token, nothing has to be shown. */
const MAINTAINERS = [{ bearer: [] }, { session: [] }, {}]

/** The answer for kinds of refusal that share a status. */
function describeProblems(kinds: ProblemKind[]): Json {
  const waits = kinds.some((kind) => WAITS.includes(PROBLEM_KINDS[kind].status))
  const retryAfter = { description: 'After how many seconds to try again', schema: { type: 'integer' } }
  return {
    description: kinds.map((kind) => PROBLEM_KINDS[kind].title).join('; or: '),
    ...(waits && { headers: { 'Retry-After': retryAfter } }),
    content: {
      'application/problem+json': {
        schema: { allOf: [ref('Problem'), { properties: { type: { enum: kinds.map(typeOf) } } }] },
      },
    },
  }
}

function eventJsonSchema(): Json {
  const { $schema: _, ...schema } = toJsonSchema(eventSchema, { errorMode: 'ignore' })
  return schema
}

function typeOf(kind: string): string {
  return `/problems/${kind}`
}

function ref(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` }
}

function object(properties: Record<string, Json>): Json {
  return { type: 'object', required: Object.keys(properties), properties }
}

function json(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } }
}

function query(name: string, schema: Json): Json {
  return { name, in: 'query', schema }
}

function objection(name: string): Json {
  return { name, in: 'header', schema: { type: 'string' }, description: '`1`: do not track' }
}

function page(tag: Operation['tag'], summary: string): Operation {
  return { summary, tag, answers: { 200: { description: 'A page', content: { 'text/html': {} } } } }
}
