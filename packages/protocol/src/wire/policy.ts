import * as v from 'valibot'
import { daySchema, described, wholeNumberSchema } from './values.ts'

/** What the policy says of a field. */
export const policyFieldSchema = v.object({
  path: v.string(),
  label: v.string(),
  purpose: v.string(),
  keptDays: wholeNumberSchema,
  values: described(
    v.union([v.pipe(v.array(v.string()), v.readonly()), v.string()]),
    'The words it may hold, or a description of its values.',
  ),
  isMap: described(v.boolean(), 'Whether it holds a count for each word.'),
})

export type PolicyField = v.InferOutput<typeof policyFieldSchema>

const operatorSchema = v.object({
  name: described(v.nullable(v.string()), 'Who runs this server.'),
  contact: described(v.nullable(v.string()), 'Where they are reached about privacy.'),
  hosting: described(
    v.nullable(v.string()),
    'Who hosts the server and its database, and in which countries.',
  ),
})

/** Who is responsible for a server, as they say themselves; null is what they have not said. */
export type Operator = v.InferOutput<typeof operatorSchema>

export const policySchema = v.object({
  lastUpdate: daySchema,
  operator: operatorSchema,
  retentionDays: wholeNumberSchema,
  fields: described(v.array(policyFieldSchema), "In the event's order."),
})

export type Policy = v.InferOutput<typeof policySchema>

/** The answer of `/.well-known/gpc.json`, as Global Privacy Control has it. */
export const gpcSchema = v.object({ gpc: v.literal(true), lastUpdate: daySchema })

export type Gpc = v.InferOutput<typeof gpcSchema>

const answeredEntries = { export: wholeNumberSchema, delete: wholeNumberSchema }
const answeredSchema = v.object(answeredEntries)

/** How many data-subject requests were answered. */
export type Answered = v.InferOutput<typeof answeredSchema>

export const transparencySchema = v.object({
  notices: described(
    v.array(v.object({ version: wholeNumberSchema, date: daySchema, change: v.string() })),
    'Every version of the consent notice, newest first.',
  ),
  requests_answered: v.object({
    total: answeredSchema,
    months: described(
      v.array(v.object({ month: described(v.string(), 'As `2026-11`.'), ...answeredEntries })),
      'The last 12, this one included, newest first.',
    ),
  }),
})

export type Transparency = v.InferOutput<typeof transparencySchema>
