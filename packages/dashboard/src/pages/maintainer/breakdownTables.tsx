import { VERSION_FIELD } from '@voicemode-telemetry/protocol'
import type { Segments } from '@voicemode-telemetry/protocol/wire/charts'
import {
  type BreakdownTable,
  breakdownTablesOf,
  newestVersionOf,
  overallOf,
  standOutOf,
  unclearLeadOf,
  wholeUnitOf,
} from '../../model/breakdown.ts'
import { formatChange, formatShortChange } from '../../model/change.ts'
import { formatCount, formatShare } from '../../model/format.ts'
import { ratio } from '../../model/sums.ts'
import type { Navigation } from './navigation.tsx'
import { linkValueOf } from './valueLink.tsx'

interface BreakdownTablesProps {
  field: string
  /** The value that is broken down, which then says who its counts come from; all of the field where it is absent. */
  value?: string
  now: Segments
  /** The same of the previous period. */
  previous: Segments | undefined
  navigation: Navigation
}

/** The total, and a table for each field of segments. */
export function BreakdownTables({ field, value, now, previous, navigation }: BreakdownTablesProps) {
  const tables = breakdownTablesOf(now, previous)
  if (tables.length === 0) return <p class="nothing">Nothing was counted on these days.</p>
  const overall = overallOf(now, previous)
  const unit = wholeUnitOf(field)
  const change = formatChange(overall, overall.previous)
  const few = MIN_PART_OF_ALL * overall.of
  const heads = value === undefined ? undefined : headsOf(field, value)
  const kind = { unit, heads, few, full: highestRate(tables, few) }
  return (
    <>
      <p>
        Total: <strong>{formatShare(overall.share)}</strong>, {formatCount(overall.n)} of{' '}
        {formatCount(overall.of)} {unit}
        {change && `, ${change} on the previous period`}.
      </p>
      {value && overall.n > 0 && (
        <div>
          <StandsOut tables={tables} />
          <p class="purpose">The server adds up {unit}, so it can’t say how many installations that are.</p>
        </div>
      )}
      <div class="tables">
        {tables.map((table) => (
          <Table key={table.field} table={table} kind={kind} navigation={navigation} />
        ))}
      </div>
    </>
  )
}

/** Below this part of all, a share says little. */
const MIN_PART_OF_ALL = 0.01

/** The highest share, for failures are rare: next to all calls no bar could be told from another. Few calls don't decide. */
function highestRate(tables: BreakdownTable[], few: number): number {
  const rows = tables.flatMap(({ rows }) => rows).filter(({ of }) => of >= few)
  return Math.max(...rows.map(({ share = 0 }) => share))
}

/** Where a value is more or less frequent than in total. */
function StandsOut({ tables }: { tables: BreakdownTable[] }) {
  const lines = tables.flatMap((table) => {
    const text = standOutOf(table)
    return text ? [{ label: table.label, text }] : []
  })
  if (lines.length === 0) return <p>Nothing stands out: the differences from the total may be chance.</p>
  return (
    <>
      <p>What stands out from the total by more than chance explains:</p>
      <ul class="standsOut">
        {lines.map(({ label, text }) => (
          <li key={label}>
            {label}: <strong>{text}</strong>
          </li>
        ))}
      </ul>
    </>
  )
}

/** How the columns are called that tell who the counts of a value come from, and how frequent it is there. */
function headsOf(field: string, value: string) {
  const unit = wholeUnitOf(field)
  const share = `Of its own ${unit}`
  return field === 'usage.failed_steps'
    ? { part: `Of all failures at ${value}`, share }
    : { part: `Of all ${value} ${unit}`, share }
}

interface Kind {
  unit: string
  /** Undefined where no value is broken down. */
  heads: ReturnType<typeof headsOf> | undefined
  /** A share of fewer says little. */
  few: number
  /** The share that gets the longest bar. */
  full: number
}

interface TableProps {
  table: BreakdownTable
  kind: Kind
  navigation: Navigation
}

function Table({ table, kind, navigation }: TableProps) {
  const { field, label, rows, isPartial } = table
  const linkValue = linkValueOf(field, navigation)
  const hasChange = rows.some(({ previous }) => previous !== undefined)
  const { unit, heads } = kind
  const told = heads
    ? undefined
    : field === VERSION_FIELD
      ? newestVersionOf(table, kind.few)
      : unclearLeadOf(table, kind.few)
  return (
    <div>
      <table>
        <thead>
          <tr>
            <th scope="col">{label}</th>
            <th scope="col">{heads?.part ?? 'Share'}</th>
            <th scope="col">{heads?.share ?? `of ${unit}`}</th>
            {hasChange && (
              <th scope="col">
                Change<span class="unseen"> in points, on the previous period</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, part, previous, ...now }) => (
            <tr key={value} class={now.of < kind.few ? 'few' : ''}>
              <th scope="row">{linkValue(value, <span class="valueName">{value}</span>)}</th>
              {heads ? <BarCell share={part} full={1} /> : <BarCell share={now.share} full={kind.full} />}
              <td>
                {heads && `${formatShare(now.share)} `}
                <span class="counts">
                  <span class="n">{formatCount(now.n)} of </span>
                  {formatCount(now.of)}
                </span>
              </td>
              {hasChange && (
                <td class="previous">
                  {previous ? (
                    formatShortChange(now, previous)
                  ) : (
                    <span title="Not counted in the previous period">new</span>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {told && <p class="purpose">{told}</p>}
      {isPartial && <p class="purpose">Not counted yet on some of these days.</p>}
    </div>
  )
}

/** A share with its bar. @param full the share that gets the longest bar; one above it is cut off, and looks so. */
function BarCell({ share, full }: { share: number | undefined; full: number }) {
  const part = ratio(share ?? 0, full) ?? 0
  return (
    <td class="share">
      <span class="track">
        <span class={part > 1 ? 'bar cut' : 'bar'} style={{ width: `${100 * Math.min(1, part)}%` }} />
      </span>
      <span class="number">{formatShare(share)}</span>
    </td>
  )
}
