import { readFileSync } from 'node:fs'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { eventSchema, type FieldAbout } from '../packages/protocol/src/index.ts'
import { countSchema } from '../packages/protocol/src/wire/charts.ts'
import { policyFieldSchema } from '../packages/protocol/src/wire/policy.ts'
import { problemReportSchema } from '../packages/protocol/src/wire/problem.ts'
import { PROBLEM_KINDS, type ProblemKind, problemType } from '../packages/protocol/src/wire/problemKinds.ts'
import { listedReportSchema, reportSchema, reportTableSchema } from '../packages/protocol/src/wire/reports.ts'
import { secretBodySchema } from '../packages/protocol/src/wire/rights.ts'
import { ANYWHERE, ROUTES, type Route, type RouteName } from '../packages/protocol/src/wire/routes.ts'
import { type RouteText, TAGS, TEXTS } from './routeTexts.ts'

type Json = Record<string, unknown>

/** A refusal of any kind. Readers take kinds that they do not know; what the server says is one of these. */
const refusalSchema = v.object({
  ...problemReportSchema.entries,
  type: v.picklist((Object.keys(PROBLEM_KINDS) as ProblemKind[]).map(problemType)),
})

/** Schemas that others refer to by name. */
const NAMED: Record<string, v.GenericSchema> = {
  Event: eventSchema,
  Secret: secretBodySchema,
  Count: countSchema,
  Report: reportSchema,
  ReportTable: reportTableSchema,
  ListedReport: listedReportSchema,
  PolicyField: policyFieldSchema,
  Problem: refusalSchema,
}

/** On loopback without an admin token, nothing has to be shown. */
const MAINTAINERS = [{ bearer: [] }, { session: [] }, {}]

/** Refusals with these statuses say when to try again. */
const WAITS: readonly number[] = [429, 503]

/** The server's interface as OpenAPI 3.1, from what `protocol/src/wire` declares. */
export function composeOpenApi(): Json {
  const manifest = new URL('../packages/server/package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const responses = new Map<string, Json>()
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method = '', path = ''] = name.split(' ')
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: describeRoute(route, TEXTS[name as RouteName], responses),
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'VoiceMode Telemetry',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        "Takes telemetry events and shows what they tell. Every refusal is `application/problem+json` with a stable type and names fields, never a value that was sent. An unknown path is answered `not-found`, a method that is not taken `method-not-allowed`, what is no request in HTTP or comes too slowly `malformed-request`, `headers-too-large` or `too-slow`, and the server's own mistake `unexpected`.",
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: convert(v.any()).$defs,
      responses: Object.fromEntries(responses),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The admin token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'voicemode_telemetry_session' },
      },
    },
  }
}

function describeRoute(
  route: Route,
  { tag, answers: texts, ...text }: RouteText,
  responses: Map<string, Json>,
): Json {
  const parameters = [
    ...describeParameters('path', route.path),
    ...describeParameters('query', route.query),
    ...describeParameters('header', route.headers),
  ]
  const refer = (kinds: readonly ProblemKind[]) => {
    const name = kinds.join('.')
    responses.set(name, describeRefusal(kinds))
    return { $ref: `#/components/responses/${name}` }
  }
  const refusals = Object.entries(Object.groupBy(route.problems, statusOf)).map(([status, kinds]) => {
    const anywhere = ANYWHERE.filter((kind) => String(statusOf(kind)) === status)
    return [status, refer([...(kinds ?? []), ...anywhere])]
  })
  return {
    ...text,
    tags: [tag],
    security: route.problems.includes('not-signed-in') ? MAINTAINERS : [],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: describeContent(route.body) } }),
    responses: {
      ...Object.fromEntries(refusals),
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, content]) => [
          status,
          {
            description: texts?.[Number(status)] ?? text.summary,
            ...describeWait(Number(status)),
            ...(Object.keys(content).length > 0 && { content: describeContent(content) }),
          },
        ]),
      ),
      '4XX': refer(ANYWHERE),
      default: refer(['unexpected']),
    },
  }
}

/** The answer for kinds of refusal that share a status. */
function describeRefusal(kinds: readonly ProblemKind[]): Json {
  const types = { properties: { type: { enum: kinds.map(problemType) } } }
  return {
    description: kinds.map((kind) => PROBLEM_KINDS[kind].title).join('; or: '),
    ...describeWait(...kinds.map(statusOf)),
    content: {
      'application/problem+json': { schema: { allOf: [describeSchema(refusalSchema), types] } },
    },
  }
}

function statusOf(kind: ProblemKind): number {
  return PROBLEM_KINDS[kind].status
}

function describeWait(...statuses: number[]): Json {
  if (!statuses.some((status) => WAITS.includes(status))) return {}
  const retryAfter = {
    description: 'After how many seconds to try again',
    required: true,
    schema: { type: 'integer' },
  }
  return { headers: { 'Retry-After': retryAfter } }
}

function describeParameters(where: 'path' | 'query' | 'header', entries: v.ObjectEntries = {}): Json[] {
  return Object.entries(entries).map(([name, entry]) => {
    const { description, ...schema } = describeSchema(entry as v.GenericSchema)
    const required = where === 'path' || !isOptional(entry as v.GenericSchema)
    return {
      name,
      in: where,
      ...(required && { required }),
      ...(description !== undefined && { description }),
      schema,
    }
  })
}

function isOptional(schema: v.GenericSchema): boolean {
  return schema.type === 'optional' || schema.type === 'exact_optional'
}

function describeContent(content: Record<string, v.GenericSchema>): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: describeSchema(schema) }]),
  )
}

function describeSchema(schema: v.GenericSchema): Json {
  const { $schema: _, $defs: __, ...described } = convert(schema)
  return described
}

/** A schema as JSON Schema, with the named ones among its parts as references. */
function convert(schema: v.GenericSchema) {
  return toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    definitions: NAMED,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    ...CONVERSION,
  })
}

/** What a field's metadata is called in JSON Schema, where names of one's own begin with `x-`. */
const CONVERSION = {
  ignoreActions: ['check', 'raw_check', 'readonly'],
  overrideAction({ valibotAction, jsonSchema }) {
    if (valibotAction.type !== 'metadata') return undefined
    const { label, purpose, values, keptDays, sinceNotice, ...rest } = jsonSchema as Json &
      Partial<FieldAbout>
    return {
      ...rest,
      title: label,
      description: purpose,
      ...(values !== undefined && { 'x-values': values }),
      'x-kept-days': keptDays,
      'x-since-notice': sinceNotice,
    }
  },
} as const satisfies Parameters<typeof toJsonSchema>[1]

/** The event contract as a JSON Schema of its own. */
export function composeEventSchema(): object {
  return toJsonSchema(eventSchema, CONVERSION)
}
