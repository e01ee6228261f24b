import { compareVersions, fieldAt, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import { type FieldValue, type Segments, wholeOf } from '@voicemode-telemetry/protocol/wire/charts'
import { formatList, formatShare } from './format.ts'
import { amountOf, isBeyondNoise, type Sample } from './noise.ts'
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

type Row = Part & { value: string; part: number | undefined }

export interface BreakdownTable {
  field: string
  label: string
  /** All its rows together. */
  whole: Sample
  /** `part` is the share of the value in all counts of the table. */
  rows: Row[]
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

/** There are many assistants. Last, they push no short table out of sight. */
const LAST_FIELD = 'environment.mcp_host'

/**
 * One table for each field of segments, that of assistants last. Its rows are versions from the newest; other values, of one value
 * that is broken down, from the one that most counts come from; of all of a field, from the highest share.
 */
export function breakdownTablesOf(now: Segments, previous?: Segments): BreakdownTable[] {
  const { segments } = now
  const fields = FILTER_FIELDS.filter((field) => segments.some(({ segment }) => segment === field)).toSorted(
    (a, b) => Number(a === LAST_FIELD) - Number(b === LAST_FIELD),
  )
  const size = (row: Part) => (now.value === undefined ? (row.share ?? 0) : row.n)
  return fields.map((field) => {
    const sums = sumsIn(now, field)
    return {
      field,
      label: fieldAt(field).label,
      whole: { ...sums, unit: 'sessions' as const },
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

/**
 * Where the value that is broken down is more or less frequent than in the whole table, by more than noise: `more often with pip
 * (3.1%), never with uv`; for versions, where some never have it, also which do. Undefined where nothing stands out. A row
 * is compared with a whole that it is part of, which leaves out rather too much.
 */
export function standOutOf({ field, whole, rows }: BreakdownTable): string | undefined {
  const clear = rows.filter((row) => isBeyondNoise(row, whole))
  const isMore = ({ share = 0 }: Row) => share > (amountOf(whole) ?? 0)
  const withShare = ({ value, share }: Row) => `${value} (${formatShare(share)})`
  const never = clear.filter(({ n }) => n === 0)
  const only = field === VERSION_FIELD && never.length > 0 ? rows.filter(({ n }) => n > 0) : []
  const parts: [how: string, values: string[]][] =
    only.length > 0
      ? [['only with', only.map(({ value }) => value)]]
      : [
          ['more often with', clear.filter(isMore).map(withShare)],
          ['less often with', clear.filter((row) => row.n > 0 && !isMore(row)).map(withShare)],
          ['never with', never.map(({ value }) => value)],
        ]
  const said = parts
    .filter(([, values]) => values.length > 0)
    .map(([how, values]) => `${how} ${formatList(values)}`)
  return said.length > 0 ? said.join(', ') : undefined
}

/**
 * Which rows the one with the highest share differs from by no more than noise, as a sentence; undefined if there are none. Rows
 * out of fewer than `few` are left out.
 */
export function unclearLeadOf({ rows }: BreakdownTable, few: number): string | undefined {
  const [first, ...others] = rows
    .filter(({ of }) => of >= few)
    .toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0))
  const unclear = others.filter((row) => first && !isBeyondNoise(first, row))
  if (!first || unclear.length === 0) return undefined
  return `${first.value} has the highest share, but against ${formatList(unclear.map(({ value }) => value))} that may be chance.`
}

/**
 * How the newest version compares with the one before it, as a sentence; undefined where there are no two. Versions out of fewer than
 * `few` are left out.
 */
export function newestVersionOf({ rows }: BreakdownTable, few: number): string | undefined {
  const [newest, before] = rows.filter(({ of }) => of >= few)
  if (!newest || !before) return undefined
  const names = `${newest.value} (${formatShare(newest.share)}) and ${before.value} (${formatShare(before.share)})`
  return `${names} differ by ${isBeyondNoise(newest, before) ? 'more than chance explains' : 'what may be chance'}.`
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
