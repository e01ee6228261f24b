import * as v from 'valibot'
import { type Day, daysBetween } from '../day.ts'
import { FIELDS, fieldAt } from '../describe.ts'
import { MINOR_VERSION, VERSION_FIELD } from '../version.ts'
import {
  daySchema,
  described,
  expectedOneOf,
  formatSchema,
  oneOf,
  wholeNumberSchema,
  writtenDaySchema,
} from './values.ts'

/** The most days that one chart covers. */
export const MAX_CHART_DAYS = 400

/** How many days a chart covers if its first day is not given. */
export const DEFAULT_CHART_DAYS = 30

/** Both ends are included. */
export interface DayRange {
  from: Day
  to: Day
}

/** Whether a chart can cover these days: they are in order and not too many. */
export function isChartRange({ from, to }: DayRange): boolean {
  const days = daysBetween(from, to) + 1
  return days >= 1 && days <= MAX_CHART_DAYS
}

/** One value of one field, written `environment.os_type:Linux`. */
export interface FieldValue {
  /** A path of the contract. */
  field: string
  value: string
}

/** The fields by which counts can be split, one at a time, in the contract's order. */
export const SEGMENT_FIELDS = [
  'environment.os_type',
  'environment.install_method',
  'environment.mcp_host',
  'environment.exec_source',
  VERSION_FIELD,
] as const

/** One of {@link SEGMENT_FIELDS}. */
export type SegmentField = (typeof SEGMENT_FIELDS)[number]

/** What is counted over several days, and for all installations only. */
export const ACTIVITY_FIELDS = [
  'installations.last_7_days',
  'installations.last_30_days',
  'installations.new',
  'installations.cohort',
] as const

/** How many stored events of a day could not be read, and so are in none of its other counts. For all installations only. */
export const UNREADABLE_FIELD = 'unreadable_events'

/** For how many weeks a cohort is followed, beginning with the one in which it was new. */
export const COHORT_WEEKS = 13

const COUNTED_PATHS = FIELDS.map(({ path }) => path).filter((path) => path.includes('.'))
const WORD_PATHS = COUNTED_PATHS.filter((path) => fieldAt(path).words.length > 0)
const CHART_FIELDS = ['installations', ...ACTIVITY_FIELDS, UNREADABLE_FIELD, ...COUNTED_PATHS]

/** Whether charts know a value by name: a word of its field's vocabulary, or a version as `MAJOR.MINOR`. */
export function isChartValue({ field, value }: FieldValue): boolean {
  const { words } = fieldAt(field)
  return field === VERSION_FIELD ? MINOR_VERSION.test(value) : words.includes(value)
}

/** Reads `FIELD:VALUE`. @returns undefined where the field is none of these, or has no such value. */
export function parseFieldValue(text: string, fields: readonly string[]): FieldValue | undefined {
  const [, field = '', value = ''] = /^([^:]*):(.*)$/s.exec(text) ?? []
  return fields.includes(field) && isChartValue({ field, value }) ? { field, value } : undefined
}

/** Writes `FIELD:VALUE`. */
export function writeFieldValue({ field, value }: FieldValue): string {
  return `${field}:${value}`
}

const rangeEntries = {
  to: described(v.exactOptional(daySchema), 'The last day, itself included; by default today.'),
  from: described(
    v.exactOptional(daySchema),
    `The first day; by default, the chart covers ${DEFAULT_CHART_DAYS} days.`,
  ),
  format: formatSchema,
}

/** The days and the format of every chart. */
export const rangeQuerySchema = v.object(rangeEntries)

const EXPECTED_FILTER = `FIELD:VALUE, its field one of: ${SEGMENT_FIELDS.join(', ')}; a version as MAJOR.MINOR`

/** What else `GET /v1/charts/daily` takes. */
export const dailyQuerySchema = v.object({
  field: described(
    v.exactOptional(oneOf(CHART_FIELDS)),
    'Only this field: one of installations, or a path of the contract.',
  ),
  filter: described(
    v.exactOptional(
      v.pipe(
        v.string(),
        v.examples(['environment.os_type:Linux']),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
          const parsed = parseFieldValue(dataset.value, SEGMENT_FIELDS)
          if (!parsed) addIssue({ message: EXPECTED_FILTER })
          return parsed ?? NEVER
        }),
      ),
    ),
    `Only installations with this value: ${EXPECTED_FILTER}. Activity over several days is counted for all installations only.`,
  ),
})

/** How often a value of a field was counted on one day. */
export const countSchema = v.object({
  day: writtenDaySchema,
  field: described(
    v.string(),
    'A path of the contract, as `usage.transport_usage`, or one of `installations`.',
  ),
  value: described(v.string(), 'A word or version; empty where the field is a plain number.'),
  n: wholeNumberSchema,
})

export type Count = v.InferOutput<typeof countSchema>

export const dailyCountsSchema = v.object({
  from: daySchema,
  to: daySchema,
  since: described(
    writtenDaySchema,
    'The first day that can have counts: the day the server was set up, or an earlier one that was reported to it.',
  ),
  filter: v.exactOptional(v.string()),
  counts: v.array(countSchema),
})

export type DailyCounts = v.InferOutput<typeof dailyCountsSchema>

/** The field whose counts a value of a field is a part of: failed calls are a part of all calls, other values of their own field. */
export function wholeOf(field: string): string {
  return field === 'usage.failed_steps' ? 'usage.total_operations' : field
}

/** What else `GET /v1/charts/segments` takes: the value whose counts it splits. */
export const segmentsQuerySchema = v.pipe(
  v.object({
    field: oneOf(WORD_PATHS),
    value: described(
      v.exactOptional(v.string()),
      "A word of that field's vocabulary; by default, all of them together.",
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { field, value } = dataset.value
    const { words } = fieldAt(field)
    if (value === undefined || words.includes(value)) return
    const path = [{ type: 'object', origin: 'value', input: dataset.value, key: 'value', value }] as const
    addIssue({ message: expectedOneOf(words), path: [...path] })
  }),
)

/** How often a word was counted in one segment. */
const segmentCountSchema = v.object({
  segment: described(v.picklist(SEGMENT_FIELDS), "The segment's field."),
  value: described(v.string(), "The segment's value; of a version its series, as `8.12`."),
  n: wholeNumberSchema,
  of: described(
    wholeNumberSchema,
    'How often any word of the field was counted there; of failed calls, all calls.',
  ),
})

export type SegmentRow = v.InferOutput<typeof segmentCountSchema>

export const segmentsSchema = v.object({
  from: daySchema,
  to: daySchema,
  field: v.string(),
  value: v.exactOptional(v.string()),
  segments: v.array(segmentCountSchema),
})

export type Segments = v.InferOutput<typeof segmentsSchema>
