import * as v from 'valibot'
import { isDay } from '../day.ts'

const EXPECTED_DAY = 'a day, written YYYY-MM-DD'

/** What is written as a day. For rows, of which an answer has tens of thousands: it costs a tenth of {@link daySchema}. */
export const writtenDaySchema = v.pipe(v.string(EXPECTED_DAY), v.isoDate(EXPECTED_DAY))

/** A real UTC day. */
export const daySchema = v.pipe(writtenDaySchema, v.check(isDay, EXPECTED_DAY))

/** A number of things; never negative. */
export const wholeNumberSchema = v.pipe(v.number(), v.integer(), v.minValue(0))

const FORMATS = ['json', 'csv'] as const

/** The format of what is answered both as data and as a table. */
export const formatSchema = v.optional(v.picklist(FORMATS, FORMATS.join(' or ')), 'json')

/** One of some words; a refusal lists them. */
// @__NO_SIDE_EFFECTS__
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, expectedOneOf(words))
}

export function expectedOneOf(words: readonly string[]): string {
  return `one of: ${words.join(', ')}`
}

/** The answer that something is done, and what else there is to say. */
// @__NO_SIDE_EFFECTS__
export function doneSchema<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.object({ status: v.literal('ok'), ...entries })
}

/** A schema with what its readers must know. */
// @__NO_SIDE_EFFECTS__
export function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description))
}
