import type * as v from 'valibot'
import { eventSchema } from '../packages/protocol/src/event.ts'
import { keptRefusalSchema } from '../packages/protocol/src/wire/problem.ts'
import { answerSchema } from '../packages/protocol/src/wire/viewer.ts'

/** Types of the library's own signatures, in plain words: whoever uses it can read them without the schemas' package. */
export function composePlainTypes(): string {
  const { environment, usage } = eventSchema.entries
  const whole = { environment: { type: 'Environment' }, usage: { type: 'Usage' } }
  const event = { type: 'object', entries: { ...eventSchema.entries, ...whole } }
  const types = {
    Environment: environment,
    Usage: usage,
    TelemetryEvent: event,
    KeptRefusal: keptRefusalSchema,
    PageAnswer: answerSchema,
  }
  const declared = Object.entries(types).map(([name, schema]) => `export type ${name} = ${typeOf(schema)}\n`)
  return `/* Derived from the schemas: after a change there, run npm run derive. */\n\n${declared.join('\n')}`
}

/** What of a schema matters here. */
interface Shape {
  type: string
  options?: readonly string[]
  entries?: Record<string, Shape>
  wrapped?: Shape
  item?: Shape
}

function typeOf(schema: Shape | v.GenericSchema, indent = ''): string {
  const { type, options, entries, item } = schema as Shape
  if (options) return options.map((word) => `'${word}'`).join(' | ')
  if (item) return `${typeOf(item, indent)}[]`
  if (!entries) return type
  const inner = `${indent}  `
  const lines = Object.entries(entries).map(([key, entry]) => {
    const name = /^[a-z_]\w*$/i.test(key) ? key : `'${key}'`
    return `${inner}${name}${entry.wrapped ? '?' : ''}: ${typeOf(entry.wrapped ?? entry, inner)}\n`
  })
  return `{\n${lines.join('')}${indent}}`
}
