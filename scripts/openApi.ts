import { readFileSync } from 'node:fs'
import { toJsonSchema } from '@valibot/to-json-schema'
import { eventSchema, FIELDS, SECRET_BYTES } from '../packages/protocol/src/index.ts'
import { PROBLEM_KINDS, type ProblemKind } from '../packages/server/src/problem.ts'
import { SEGMENT_FIELDS } from '../packages/server/src/segments.ts'

type Json = Record<string, unknown>

interface Operation {
  summary: string
  tag: 'events' | 'rights' | 'policy' | 'maintainers' | 'operators'
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
        "Takes telemetry events and shows what they tell. Every refusal is `application/problem+json` with a stable type and names fields, never a value that was sent. An unknown address is answered `not-found`, a method that is not taken `method-not-allowed`, and the server's own mistake `unexpected`.",
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
  '/v1/policy': {
    get: {
      summary: 'What is collected and why',
      tag: 'policy',
      answers: {
        200: json(
          'Every field of an event, in its order',
          object({
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
