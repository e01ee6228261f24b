import { problemType } from '@voicemode-telemetry/protocol/wire/problemKinds'
import { NO_ROUTE } from '@voicemode-telemetry/protocol/wire/routes'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>

/** What a server answered. */
export interface Answer {
  /** As it was asked. */
  method: string
  path: string
  status: number
  headers: Headers
  body: string
}

interface Response {
  description: string
  headers?: Record<string, { required?: boolean }>
  content?: Record<string, { schema: Json }>
}

interface Operation {
  responses: Record<string, Response | { $ref: string }>
}

export interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; responses: Record<string, Response> }
}

export interface AnswerCheck {
  /** What in an answer is not as it is described; empty where all is. */
  complaintsAbout(answer: Answer): string[]
  /** The described answers that were given, as `GET /v1/policy 200`. */
  given: ReadonlySet<string>
}

/** What a refusal may be where no route is described. */
const WITHOUT_ROUTE: Response = {
  description: '',
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { properties: { type: { enum: NO_ROUTE.map(problemType) } } },
        ],
      },
    },
  },
}

/** Holds answers to what a server's `/openapi.json` says of them. What is not described there may not be in them. */
export function createAnswerCheck(openApi: Description): AnswerCheck {
  const components = closed(openApi.components)
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false })
  addFormats.default(ajv)
  ajv.addVocabulary(['components', 'x-values', 'x-kept-days', 'x-since-notice'])
  const validators = new Map<string, ValidateFunction>()
  const given = new Set<string>()

  function validatorOf(name: string, schema: Json): ValidateFunction {
    const made = validators.get(name) ?? ajv.compile({ ...(closed(schema) as Json), components })
    validators.set(name, made)
    return made
  }

  /** The name and the description of an answer; undefined where its route is described without it. */
  function find({ method, path, status }: Answer): [string, Response] | undefined {
    const [route, methods] = Object.entries(openApi.paths).find(([template]) => matches(template, path)) ?? []
    const operation = methods?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
    if (!operation) return status === (methods ? 405 : 404) ? ['no route', WITHOUT_ROUTE] : undefined
    for (const key of [String(status), `${Math.floor(status / 100)}XX`, 'default']) {
      const response = operation.responses[key]
      if (!response) continue
      const name = `${method === 'HEAD' ? 'GET' : method} ${route} ${key}`
      return [name, '$ref' in response ? referred(openApi, response.$ref) : response]
    }
    return undefined
  }

  return {
    given,
    complaintsAbout(answer) {
      const [name, described] = find(answer) ?? []
      if (!name || !described) return [`${answer.status} is not described`]
      given.add(name)
      const missing = Object.entries(described.headers ?? {}).filter(
        ([header, { required }]) => required && !answer.headers.has(header),
      )
      const complaints = missing.map(([header]) => `${header} is missing`)
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';')
      if (answer.method === 'HEAD' || (!described.content && answer.body === '')) return complaints
      const schema = described.content?.[type]?.schema
      if (!schema) return [...complaints, `a body of ${type} is not described`]
      if (!type.endsWith('json')) return complaints
      const validate = validatorOf(`${name} ${type}`, schema)
      if (!validate(JSON.parse(answer.body))) complaints.push(ajv.errorsText(validate.errors))
      return complaints
    },
  }
}

/** Whether a path is of a template, as `/report/{week}`. */
function matches(template: string, path: string): boolean {
  const [asked = ''] = path.split('?')
  const parts = asked.split('/')
  const expected = template.split('/')
  return parts.length === expected.length && expected.every((part, n) => part === parts[n] || part[0] === '{')
}

function referred(openApi: Description, reference: string): Response {
  const found = openApi.components.responses[reference.split('/').at(-1) ?? '']
  if (!found) throw new Error(`${reference} leads nowhere`)
  return found
}

/** Schemas, of whose objects each takes no key but its own. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]))
  const hasKeys = copy.type === 'object' && Object.keys((copy.properties as object) ?? {}).length > 0
  return hasKeys ? { additionalProperties: false, ...copy } : copy
}
