import * as v from 'valibot'
import { type Day, isDay } from '../day.ts'

const EXPECTED_DAY = 'a day, written YYYY-MM-DD'

/** A real UTC day. */
export const daySchema = v.pipe(
  v.string(EXPECTED_DAY),
  v.isoDate(EXPECTED_DAY),
  v.check((text): text is Day => isDay(text), EXPECTED_DAY),
)

/** A number of things; never negative. */
export const wholeNumberSchema = v.pipe(v.number(), v.integer(), v.minValue(0))

const FORMATS = ['json', 'csv'] as const

/** The format of what is answered both as data and as a table. */
export const formatSchema = v.optional(v.picklist(FORMATS, FORMATS.join(' or ')), 'json')

/** One of some words; a refusal lists them. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, expectedOneOf(words))
}

export function expectedOneOf(words: readonly string[]): string {
  return `one of: ${words.join(', ')}`
}

/** The answer that something is done, and what else there is to say. */
export function doneSchema<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.object({ status: v.literal('ok'), ...entries })
}

/** A schema with what its readers must know. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description))
}
