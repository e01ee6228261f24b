import type { Segments } from '@voicemode-telemetry/protocol/wire/charts'
import { type BreakdownTable, breakdownTablesOf, overallOf } from '../../model/breakdown.ts'
import { formatCount, formatShare } from '../../model/format.ts'
import { ratio } from '../../model/sums.ts'
import { type Navigation, StateLink } from './navigation.tsx'

/** The total, and a table for each field of segments. */
export function BreakdownTables({ segments, navigation }: { segments: Segments; navigation: Navigation }) {
  const tables = breakdownTablesOf(segments)
  if (tables.length === 0) return <p class="nothing">Nothing was counted on these days.</p>
  const overall = overallOf(segments)
  const largest = Math.max(...tables.flatMap(({ rows }) => rows.map(({ share = 0 }) => share)))
  return (
    <>
      <p>
        Total: <strong>{formatShare(overall.share)}</strong>, {formatCount(overall.n)} of{' '}
        {formatCount(overall.of)}.
      </p>
      <div class="tables">
        {tables.map((table) => (
          <Table key={table.field} table={table} largest={largest} navigation={navigation} />
        ))}
      </div>
    </>
  )
}

interface TableProps {
  table: BreakdownTable
  /** The largest share in any table, which gets the longest bar. */
  largest: number
  navigation: Navigation
}

function Table({ table: { field, label, rows }, largest, navigation }: TableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">Share</th>
          <th scope="col">Count</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ value, n, of, share }) => (
          <tr key={value}>
            <th scope="row">
              <StateLink navigation={navigation} change={{ filter: { field, value }, breakdown: undefined }}>
                {value}
              </StateLink>
            </th>
            <td class="share">
              <span class="track">
                <span class="bar" style={{ width: `${100 * (ratio(share ?? 0, largest) ?? 0)}%` }} />
              </span>
              {formatShare(share)}
            </td>
            <td>
              {formatCount(n)} of {formatCount(of)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
