import { addDays, dayAt, isDay, type Parsed, parseWith } from '@voicemode-telemetry/protocol'
import {
  type DayRange,
  DEFAULT_CHART_DAYS,
  dailyQuerySchema,
  isChartRange,
  MAX_CHART_DAYS,
  rangeQuerySchema,
  SEGMENT_FIELDS,
  type SegmentRow,
  segmentsQuerySchema,
} from '@voicemode-telemetry/protocol/wire/charts'
import type { Count, SegmentSum } from '../counts/counts.ts'
import { readSegment, type Segment, segmentOf } from '../counts/segments.ts'

interface Range extends DayRange {
  format: 'json' | 'csv'
}

/** What `GET /v1/charts/daily` is asked for. */
interface ChartQuery extends Range {
  /** The one field that is asked for; every one where it is absent. */
  field?: string
  /** Which installations to count. Default: all. */
  segment?: Segment
}

/** Reads a chart's query; without days it means the last {@link DEFAULT_CHART_DAYS}, today included. */
export function parseChartQuery(params: Record<string, string>, now: number): Parsed<ChartQuery> {
  const [range, asked] = [parseRange(params, now), parseWith(dailyQuerySchema, params)]
  if (!range.ok || !asked.ok) return refuse(range, asked)
  const { field, filter } = asked.value
  const value = { ...range.value, ...(field && { field }), ...(filter && { segment: segmentOf(filter) }) }
  return { ok: true, value }
}

/** What `GET /v1/charts/segments` is asked for. */
interface SegmentQuery extends Range {
  field: string
  /** All words of the field where it is absent. */
  value?: string
}

/** Reads the query of `GET /v1/charts/segments`: a field of words and maybe one of them. Days as in {@link parseChartQuery}. */
export function parseSegmentQuery(params: Record<string, string>, now: number): Parsed<SegmentQuery> {
  const [range, asked] = [parseRange(params, now), parseWith(segmentsQuerySchema, { field: '', ...params })]
  if (!range.ok || !asked.ok) return refuse(range, asked)
  return { ok: true, value: { ...range.value, ...asked.value } }
}

function parseRange(params: Record<string, string>, now: number): Parsed<Range> {
  const asked = parseWith(rangeQuerySchema, params)
  if (!asked.ok) return asked
  const { to = dayAt(now), from = addDays(to, 1 - DEFAULT_CHART_DAYS), format } = asked.value
  if (isDay(from) && isChartRange({ from, to })) return { ok: true, value: { from, to, format } }
  const expected = `a day not after "to" and less than ${MAX_CHART_DAYS} days before it`
  return { ok: false, problems: [{ field: 'from', expected }] }
}

function refuse(...parsed: Parsed<unknown>[]): Parsed<never> {
  return { ok: false, problems: parsed.flatMap((part) => (part.ok ? [] : part.problems)) }
}

/** Segments in the contract's order of their fields, those with the highest number first. */
export function composeSegmentRows(sums: readonly SegmentSum[]): SegmentRow[] {
  const rank = ({ segment }: SegmentRow) => SEGMENT_FIELDS.indexOf(segment)
  return sums
    .map(({ segment, n, of }): SegmentRow => {
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
