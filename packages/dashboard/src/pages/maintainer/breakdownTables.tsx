import type { Segments } from '@voicemode-telemetry/protocol/wire/charts'
import { type BreakdownTable, breakdownTablesOf, overallOf, wholeUnitOf } from '../../model/breakdown.ts'
import { formatChange, formatShortChange } from '../../model/change.ts'
import { formatCount, formatShare } from '../../model/format.ts'
import { ratio } from '../../model/sums.ts'
import type { Navigation } from './navigation.tsx'
import { linkValueOf } from './valueLink.tsx'

interface BreakdownTablesProps {
  field: string
  now: Segments
  /** The same of the previous period. */
  previous: Segments | undefined
  navigation: Navigation
}

/** The total, and a table for each field of segments. */
export function BreakdownTables({ field, now, previous, navigation }: BreakdownTablesProps) {
  const tables = breakdownTablesOf(now, previous)
  if (tables.length === 0) return <p class="nothing">Nothing was counted on these days.</p>
  const overall = overallOf(now, previous)
  const unit = wholeUnitOf(field)
  const change = formatChange(overall.share, overall.previousShare, 'share')
  const full = field === 'usage.failed_steps' ? highestRate(tables, overall.of) : 1
  return (
    <>
      <p>
        Total: <strong>{formatShare(overall.share)}</strong>, {formatCount(overall.n)} of{' '}
        {formatCount(overall.of)} {unit}
        {change && `, ${change} on the previous period`}.
      </p>
      <div class="tables">
        {tables.map((table) => (
          <Table key={table.field} table={table} unit={unit} full={full} navigation={navigation} />
        ))}
      </div>
    </>
  )
}

const MIN_PART_OF_ALL = 0.01

/** The highest share, for failures are rare: next to all calls no bar could be told from another. Few calls don't decide. */
function highestRate(tables: BreakdownTable[], all: number): number {
  const rows = tables.flatMap(({ rows }) => rows).filter(({ of }) => of >= MIN_PART_OF_ALL * all)
  return Math.max(...rows.map(({ share = 0 }) => share))
}

interface TableProps {
  table: BreakdownTable
  unit: string
  /** The share that gets the longest bar. */
  full: number
  navigation: Navigation
}

function Table({ table: { field, label, rows, isPartial }, unit, full, navigation }: TableProps) {
  const linkValue = linkValueOf(field, navigation)
  const hasChange = rows.some(({ previousShare }) => previousShare !== undefined)
  return (
    <div>
      <table>
        <thead>
          <tr>
            <th scope="col">{label}</th>
            <th scope="col">Share</th>
            <th scope="col">of {unit}</th>
            {hasChange && (
              <th scope="col">
                Change<span class="unseen"> in points, on the previous period</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, n, of, share, previousShare }) => (
            <tr key={value}>
              <th scope="row">{linkValue(value, <span class="valueName">{value}</span>)}</th>
              <td class="share">
                <span class="track">
                  <span
                    class="bar"
                    style={{ width: `${100 * Math.min(1, ratio(share ?? 0, full) ?? 0)}%` }}
                  />
                </span>
                <span class="number">{formatShare(share)}</span>
              </td>
              <td>
                {formatCount(n)} of {formatCount(of)}
              </td>
              {hasChange && <td>{formatShortChange(share, previousShare, 'share')}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {isPartial && <p class="purpose">Not counted yet on some of these days.</p>}
    </div>
  )
}
