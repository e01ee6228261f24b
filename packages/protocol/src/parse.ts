import * as v from 'valibot'
import { eventSchema, successRate } from './event.ts'
import { deriveEventId } from './eventId.ts'
import { MAX_COUNT } from './limits.ts'
import type { TelemetryEvent } from './plainTypes.ts'
import { createQuickCheck } from './quickCheck.ts'
import type { Problem } from './wire/problem.ts'

export type { Problem }

/** `mayBeNewer`: whether some of the problems are keys or words that the schema does not have, and a newer one may. */
interface Unparsed {
  ok: false
  problems: Problem[]
  mayBeNewer?: boolean
}

export type Parsed<Value> = { ok: true; value: Value } | Unparsed

type ParsedEvent = { ok: true; event: TelemetryEvent } | Unparsed

/** Reads a value from outside by a schema. @returns every problem found, none of which repeats anything of the value. */
export function parseWith<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Parsed<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, withoutArrays(value), { abortPipeEarly: true })
  if (result.success) return { ok: true, value: result.output }
  const { issues } = result
  return { ok: false, problems: distinct(issues.map(problemOf)), mayBeNewer: issues.some(mayBeNewer) }
}

/**
 * Reads a JSON value as an event, strictly: unknown keys and words, wrong bounds and {@link inconsistencies} are problems.
 *
 * @returns the event with its keys in the contract's order, or every problem. A value of the wrong shape is not checked for
 *   consistency.
 */
export async function parseEvent(value: unknown): Promise<ParsedEvent> {
  const parsed = parseWith(eventSchema, value)
  return parsed.ok ? consistent(parsed.value, await inconsistencies(parsed.value)) : parsed
}

/**
 * As {@link parseEvent}, at once, for a server that is sent many. What is as it should be is only looked at, and comes back itself.
 *
 * @param value out of `JSON.parse`.
 * @param deriveId as `deriveEventId`.
 */
export function parseEventAtOnce(
  value: unknown,
  deriveId: (telemetryId: string, timestamp: string) => string,
): ParsedEvent {
  const parsed: Parsed<TelemetryEvent> = isAsDeclared(value)
    ? { ok: true, value: value as TelemetryEvent }
    : parseWith(eventSchema, value)
  if (!parsed.ok) return parsed
  const { telemetry_id, timestamp } = parsed.value
  return consistent(parsed.value, contradictions(parsed.value, deriveId(telemetry_id, timestamp)))
}

const isAsDeclared = /* @__PURE__ */ createQuickCheck(eventSchema)

function consistent(event: TelemetryEvent, problems: Problem[]): ParsedEvent {
  return problems.length > 0 ? { ok: false, problems } : { ok: true, event }
}

/** Reads the JSON of an answer by its schema, without what else is in it. @returns undefined where it is something else. */
export function readJsonAs<const Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** Finds where an event of the right shape contradicts itself. */
export async function inconsistencies(event: TelemetryEvent): Promise<Problem[]> {
  return contradictions(event, deriveEventId(event.telemetry_id, event.timestamp))
}

/** @param eventId the id that it must have. */
function contradictions(event: TelemetryEvent, eventId: string): Problem[] {
  const { usage } = event
  const problems: Problem[] = []
  const must = (holds: boolean, field: string, expected: string) => {
    if (!holds) problems.push({ field, expected })
  }
  for (const name of ['duration_distribution', 'exchanges_per_session'] as const) {
    must(
      sum(usage[name]) === usage.total_sessions,
      `usage.${name}`,
      'counts that add up to usage.total_sessions',
    )
  }
  for (const name of ['transport_usage', 'tts_provider_usage', 'stt_provider_usage'] as const) {
    const within = largest(usage[name]) <= usage.total_sessions
    must(within, `usage.${name}`, 'no count above usage.total_sessions')
  }
  must(
    (usage.success_rate === undefined) === (usage.total_operations === 0),
    'usage.success_rate',
    'present exactly when usage.total_operations is above 0',
  )
  // A total that was cut to the maximum no longer says how many operations failed.
  if (usage.total_operations < MAX_COUNT) {
    const succeeded = usage.total_operations - sum(usage.failed_steps)
    must(succeeded >= 0, 'usage.failed_steps', 'counts that add up to no more than usage.total_operations')
    must(
      succeeded < 0 ||
        usage.success_rate === undefined ||
        usage.success_rate === successRate(succeeded, usage.total_operations),
      'usage.success_rate',
      'the rate that follows from usage.total_operations and usage.failed_steps',
    )
  }
  must(event.event_id === eventId, 'event_id', 'the id that follows from telemetry_id and timestamp')
  return problems
}

/**
 * Replaces arrays, which nothing sent to a server contains: Valibot would take an empty one for an object without keys.
 *
 * @param depth how deep objects are nested in an event: the event, its usage, a map.
 */
function withoutArrays(value: unknown, depth = 2): unknown {
  if (Array.isArray(value)) return null
  if (typeof value !== 'object' || value === null || depth < 0 || !hasArray(value, depth)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withoutArrays(child, depth - 1)]),
  )
}

function hasArray(value: object, depth: number): boolean {
  return Object.values(value).some(
    (child) =>
      Array.isArray(child) ||
      (typeof child === 'object' && child !== null && depth > 0 && hasArray(child, depth - 1)),
  )
}

function problemOf(issue: v.BaseIssue<unknown>): Problem {
  const keys = (issue.path ?? []).map((item) => String(item.key))
  // An unknown key may be private, so only the path of its parent is repeated.
  if (isUnknownKey(issue)) keys.pop()
  return { field: keys.join('.'), expected: issue.message }
}

function mayBeNewer(issue: v.BaseIssue<unknown>): boolean {
  return isUnknownKey(issue) || (issue.type === 'picklist' && typeof issue.input === 'string')
}

function isUnknownKey({ type, expected }: v.BaseIssue<unknown>): boolean {
  return type === 'strict_object' && expected === 'never'
}

function sum(counts: Partial<Record<string, number>>): number {
  let total = 0
  for (const key in counts) total += counts[key] ?? 0
  return total
}

function largest(counts: Partial<Record<string, number>>): number {
  let most = 0
  for (const key in counts) most = Math.max(most, counts[key] ?? 0)
  return most
}

function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.field}\n${problem.expected}`, problem])).values()]
}
