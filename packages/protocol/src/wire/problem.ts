import * as v from 'valibot'
import { described } from './values.ts'

/** What to fix in one field. Names the field and what was expected there, never the value or an unknown key. */
export type Problem = v.InferOutput<typeof fieldProblemSchema>

const fieldProblemSchema = v.object({
  field: described(v.string(), 'The path of a field, as `usage.total_sessions`; empty for the whole.'),
  expected: v.string(),
})

/** The body of every refusal, as RFC 9457 has it. */
export const problemReportSchema = v.object({
  type: described(v.string(), 'The kind of refusal, as a URL relative to the server. It never changes.'),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  problems: v.exactOptional(described(v.array(fieldProblemSchema), 'What to fix, field by field.')),
  failure: v.exactOptional(
    described(v.string(), 'From `/healthz` only: why the database takes no events, as the log says it.'),
  ),
})

export type ProblemReport = v.InferOutput<typeof problemReportSchema>

/** What a client keeps of a refusal, for the person whose event was refused. A part that is none is left empty. */
export const keptRefusalSchema = v.object({
  status: v.fallback(problemReportSchema.entries.status, 0),
  type: v.exactOptional(v.string()),
  problems: v.exactOptional(v.array(v.fallback(fieldProblemSchema, { field: '', expected: '' }))),
})
