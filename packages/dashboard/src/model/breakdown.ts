import { compareVersions, fieldAt, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import { type FieldValue, type Segments, wholeOf } from '@voicemode-telemetry/protocol/wire/charts'
import type { Sample } from './noise.ts'
import type { Rows } from './numbers.ts'
import { FILTER_FIELDS } from './pageState.ts'
import { ratio, sumOf, total } from './sums.ts'

/** How often a value was counted, out of how many, and the share that is. */
interface Part extends Sample {
  of: number
  share: number | undefined
  /** The same in the previous period; undefined where that is not known or had none. */
  previous: Sample | undefined
}

export interface BreakdownTable {
  field: string
  label: string
  /** `part` is the share of the value in all counts of the table. */
  rows: (Part & { value: string; part: number | undefined })[]
  /** Whether this field is known on some of the days only. */
  isPartial: boolean
}

/** What the whole is counted in, for the reader. */
export function wholeUnitOf(field: string): string {
  if (field === 'usage.failed_steps') return 'calls'
  if (field === 'usage.error_types') return 'errors'
  return /provider/.test(field) ? 'uses' : 'sessions'
}

/** The value over all segments. Each count belongs to one segment of each field. */
export function overallOf(now: Segments, previous?: Segments): Part {
  const before = previous && sumsIn(previous, 'environment.os_type')
  // The server leaves out rare versions, but no operating system.
  const { n, of } = sumsIn(now, 'environment.os_type')
  return { n, of, unit: 'sessions', share: ratio(n, of), previous: before && { ...before, unit: 'sessions' } }
}

/**
 * One table for each field of segments: versions from the newest; other values, of one value that is broken down, from the one that
 * most counts come from; of all of a field, from the highest share.
 */
export function breakdownTablesOf(now: Segments, previous?: Segments): BreakdownTable[] {
  const { segments } = now
  const fields = FILTER_FIELDS.filter((field) => segments.some(({ segment }) => segment === field))
  const size = (row: Part) => (now.value === undefined ? (row.share ?? 0) : row.n)
  return fields.map((field) => {
    const sums = sumsIn(now, field)
    return {
      field,
      label: fieldAt(field).label,
      isPartial: field !== VERSION_FIELD && sums.of < overallOf(now).of,
      rows: segments
        // A segment without any use has no share.
        .filter(({ segment, of }) => segment === field && of > 0)
        .map(({ value, n, of }) => ({
          ...{ value, n, of, unit: 'sessions' as const, share: ratio(n, of), part: ratio(n, sums.n) },
          previous: previousOf(previous, { field, value }),
        }))
        .sort((a, b) =>
          field === VERSION_FIELD
            ? compareVersions(a.value, b.value)
            : size(b) - size(a) || a.value.localeCompare(b.value),
        ),
    }
  })
}

/** The field that {@link trendOf} makes. */
export const TREND_FIELD = 'breakdown.trend'
export const TREND_REST = 'everything else'

/** The value and the rest of its whole on each day, as rows of {@link TREND_FIELD}. */
export function trendOf(daily: Rows, { field, value }: FieldValue): Rows {
  const days = [...new Set(daily.counts.map(({ day }) => day))]
  const counts = days.flatMap((day) => {
    const today = { counts: daily.counts.filter((row) => row.day === day) }
    const n = sumOf(today, field, value)
    const row = (of: string, count: number) => ({ day, field: TREND_FIELD, value: of, n: count })
    return [row(value, n), row(TREND_REST, sumOf(today, wholeOf(field)) - n)]
  })
  return { ...daily, counts }
}

function sumsIn({ segments }: Segments, field: string): { n: number; of: number } {
  const rows = segments.filter(({ segment }) => segment === field)
  return { n: total(rows), of: total(rows.map((row) => ({ n: row.of }))) }
}

function previousOf(previous: Segments | undefined, { field, value }: FieldValue): Sample | undefined {
  const row = previous?.segments.find((one) => one.segment === field && one.value === value)
  return row && { n: row.n, of: row.of, unit: 'sessions' }
}
