import * as v from 'valibot'
import type { FieldDescription } from './describe.ts'
import { eventSchema, type FieldAbout } from './event.ts'

type Entries = Record<string, v.GenericSchema>

/** Reads the description of every field off the schema; `FIELDS` is what this makes. */
export function describeFields(): FieldDescription[] {
  return describe(eventSchema.entries, '')
}

function describe(entries: Entries, prefix: string): FieldDescription[] {
  return Object.entries(entries).flatMap(([key, declared]) => {
    const path = prefix + key
    const schema = unwrap(declared)
    const about = v.getMetadata(schema) as Partial<FieldAbout>
    if (about.label === undefined) return describe(entriesOf(schema), `${path}.`)
    const words = 'options' in schema ? (schema.options as string[]) : Object.keys(entriesOf(schema))
    return [{ ...(about as FieldAbout), path, words, isMap: 'entries' in schema }]
  })
}

function unwrap(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
}

function entriesOf(schema: v.GenericSchema): Entries {
  return 'entries' in schema ? (schema.entries as Entries) : {}
}
