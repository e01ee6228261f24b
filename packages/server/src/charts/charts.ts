import {
  addDays,
  type Day,
  dayAt,
  daysBetween,
  FIELDS,
  type FieldDescription,
  isDay,
  type Problem,
} from '@voicemode-telemetry/protocol'
import { ACTIVITY_FIELDS } from '../counts/activity.ts'
import type { Count, SegmentSum } from '../counts/counts.ts'
import { parseFilter, readSegment, SEGMENT_FIELDS, type Segment } from '../counts/segments.ts'

interface Range {
  from: Day
  /** The last day, itself included. */
  to: Day
  format: 'json' | 'csv'
}

/** What `GET /v1/charts/daily` is asked for. */
export interface ChartQuery extends Range {
  /** The one field that is asked for; every one where it is absent. */
  field?: string
  /** Of which installations; of everyone where it is absent. */
  segment?: Segment
}

/** What `GET /v1/charts/segments` is asked for. */
export interface SegmentQuery extends Range {
  /** A field of words. */
  field: string
  /** One of them. */
  value: string
}

type Parsed<Query> = { ok: true; query: Query } | { ok: false; problems: Problem[] }

const DEFAULT_CHART_DAYS = 30
const MAX_CHART_DAYS = 400

const COUNTED = FIELDS.filter(({ path }) => path.includes('.'))
const FIELDS_OF_WORDS = COUNTED.filter(({ words }) => words.length > 0)
const CHART_FIELDS = ['installations', ...ACTIVITY_FIELDS, ...COUNTED.map(({ path }) => path)]

/** Reads a chart's query; without days it means the last {@link DEFAULT_CHART_DAYS}, today included. */
export function parseChartQuery(params: Record<string, string>, now: number): Parsed<ChartQuery> {
  const { field, filter } = params
  const range = parseRange(params, now)
  const problems = range.ok ? [] : range.problems
  const segment = filter === undefined ? undefined : parseFilter(filter)
  if (field !== undefined && !CHART_FIELDS.includes(field)) problems.push(oneOf('field', CHART_FIELDS))
  if (filter !== undefined && segment === undefined) {
    const expected = `FIELD:VALUE, its field one of: ${SEGMENT_FIELDS.join(', ')}; a version as MAJOR.MINOR`
    problems.push({ field: 'filter', expected })
  }
  if (!range.ok || problems.length > 0) return { ok: false, problems }
  const query = { ...range.query, ...(field !== undefined && { field }), ...(segment && { segment }) }
  return { ok: true, query }
}

/** Reads the query of {@link SegmentQuery}; days as in {@link parseChartQuery}. */
export function parseSegmentQuery(params: Record<string, string>, now: number): Parsed<SegmentQuery> {
  const { field = '', value = '' } = params
  const range = parseRange(params, now)
  const problems = range.ok ? [] : range.problems
  const asked: FieldDescription | undefined = FIELDS_OF_WORDS.find(({ path }) => path === field)
  if (!asked)
    problems.push(
      oneOf(
        'field',
        FIELDS_OF_WORDS.map(({ path }) => path),
      ),
    )
  else if (!asked.words.includes(value)) problems.push(oneOf('value', asked.words))
  if (!range.ok || problems.length > 0) return { ok: false, problems }
  return { ok: true, query: { ...range.query, field, value } }
}

function parseRange(params: Record<string, string>, now: number): Parsed<Range> {
  const { from: asked, to = dayAt(now), format = 'json' } = params
  const problems: Problem[] = []
  const mustBeDay = (field: string, text: string) => {
    if (!isDay(text)) problems.push({ field, expected: 'a day, written YYYY-MM-DD' })
  }
  mustBeDay('to', to)
  if (asked !== undefined) mustBeDay('from', asked)
  if (format !== 'json' && format !== 'csv') problems.push({ field: 'format', expected: 'json or csv' })
  if (problems.length > 0) return { ok: false, problems }

  const from = asked ?? addDays(to, 1 - DEFAULT_CHART_DAYS)
  const days = daysBetween(from, to) + 1
  if (!isDay(from) || days < 1 || days > MAX_CHART_DAYS) {
    const expected = `a day not after "to" and less than ${MAX_CHART_DAYS} days before it`
    return { ok: false, problems: [{ field: 'from', expected }] }
  }
  return { ok: true, query: { from, to, format: format === 'csv' ? 'csv' : 'json' } }
}

function oneOf(field: string, words: readonly string[]): Problem {
  return { field, expected: `one of: ${words.join(', ')}` }
}

/** One segment in the answer of `GET /v1/charts/segments`. */
export interface SegmentRow {
  /** The segment's field, as `environment.version`. */
  segment: string
  /** The segment's value, as `8.12`. */
  value: string
  /** How often the word that was asked for was counted in the segment. */
  n: number
  /** How often any word of that field was. */
  of: number
}

/** Segments in the contract's order of their fields, those with the highest number first. */
export function composeSegmentRows(sums: readonly SegmentSum[]): SegmentRow[] {
  const rank = ({ segment }: SegmentRow) => SEGMENT_FIELDS.indexOf(segment)
  return sums
    .map(({ segment, n, of }) => {
      const { field, value } = readSegment(segment)
      return { segment: field, value, n, of }
    })
    .sort((a, b) => rank(a) - rank(b) || b.n - a.n || (a.value < b.value ? -1 : 1))
}

/** The counts as RFC 4180 writes them. Nothing needs quoting: every value is a word of the contract, a day or a number. */
export function writeCsv(counts: readonly Count[]): string {
  const rows = counts.map(({ day, field, value, n }) => `${day},${field},${value},${n}\r\n`)
  return `day,field,value,n\r\n${rows.join('')}`
}

/** The same of segments. */
export function writeSegmentsCsv(rows: readonly SegmentRow[]): string {
  const lines = rows.map(({ segment, value, n, of }) => `${segment},${value},${n},${of}\r\n`)
  return `segment,value,n,of\r\n${lines.join('')}`
}
