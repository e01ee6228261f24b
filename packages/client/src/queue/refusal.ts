import type { KeptRefusal } from '@voicemode-telemetry/protocol'
import { printable } from './printable.ts'

/** Why the server refused an event for good, if it gave a reason. */
export type Refusal = KeptRefusal

const SHOWN = { characters: 200, items: 20 }

/** What a person can use of a problem report (RFC 9457). Empty if the text is not one. */
export function problemIn(text: string): Omit<Refusal, 'status'> {
  const { status: _, ...problem } = refusalIn(text) ?? {}
  return problem
}

/**
 * A refusal as it is kept. It is read without the schema that the viewer's page reads it by, so that a status need not load that.
 *
 * @returns undefined if the text is none.
 */
export function refusalIn(text: string): Refusal | undefined {
  const read = fieldsOf(parse(text))
  if (!read) return undefined
  const { type, problems, status } = read
  if (type !== undefined && typeof type !== 'string') return undefined
  if (problems !== undefined && !Array.isArray(problems)) return undefined
  const kept = {
    status: Number.isInteger(status) ? Number(status) : 0,
    ...(type !== undefined && { type }),
    ...(problems !== undefined && { problems: problems.map(fieldProblemOf) }),
  }
  return printable(kept, SHOWN)
}

function fieldProblemOf(value: unknown) {
  const { field, expected } = fieldsOf(value) ?? {}
  return typeof field === 'string' && typeof expected === 'string'
    ? { field, expected }
    : { field: '', expected: '' }
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
