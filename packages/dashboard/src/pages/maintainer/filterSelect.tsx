import { compareVersions, fieldAt } from '@voicemode-telemetry/protocol'
import {
  type DayRange,
  type FieldValue,
  isChartValue,
  parseFieldValue,
  writeFieldValue,
} from '@voicemode-telemetry/protocol/wire/charts'
import { useId } from 'preact/hooks'
import { previousDays } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import type { Rows } from '../../model/numbers.ts'
import { COMPARE_FIELDS, FILTER_FIELDS, type PageState, writeCompare } from '../../model/pageState.ts'
import type { Navigation } from './navigation.tsx'

interface FilterSelectProps {
  filter: FieldValue | undefined
  /** The counts of all installations; undefined until they are loaded. */
  all: Rows | undefined
  go: Navigation['go']
}

/** Chooses the value to filter by. */
export function FilterSelect({ filter, all, go }: FilterSelectProps) {
  const id = useId()
  return (
    <div class="filter">
      <label for={id}>Filter</label>
      <select
        id={id}
        value={filter ? writeFieldValue(filter) : ''}
        onChange={(event) => {
          const [field = '', value = ''] = event.currentTarget.value.split(':')
          go({ filter: field ? { field, value } : undefined })
        }}
      >
        <option value="">All</option>
        <ValueOptions fields={FILTER_FIELDS} chosen={filter} all={all} />
      </select>
    </div>
  )
}

interface CompareSelectProps {
  compare: PageState['compare']
  /** The counts of all installations; undefined until they are loaded. */
  all: Rows | undefined
  days: DayRange
  go: Navigation['go']
}

/** Chooses what charts draw beside their numbers. */
export function CompareSelect({ compare, all, days, go }: CompareSelectProps) {
  const id = useId()
  return (
    <div class="filter">
      <label for={id}>Compare with</label>
      <select
        id={id}
        value={writeCompare(compare)}
        onChange={({ currentTarget: { value } }) =>
          go({ compare: value === 'previous' ? value : parseFieldValue(value, COMPARE_FIELDS) })
        }
      >
        <option value="">Nothing</option>
        <option value="previous">Previous period, {formatRange(previousDays(days))}</option>
        <ValueOptions
          fields={COMPARE_FIELDS}
          chosen={compare === 'previous' ? undefined : compare}
          all={all}
        />
      </select>
    </div>
  )
}

interface ValueOptionsProps {
  fields: readonly string[]
  chosen: FieldValue | undefined
  all: Rows | undefined
}

function ValueOptions({ fields, chosen, all }: ValueOptionsProps) {
  return fields.map((field) => (
    <optgroup key={field} label={fieldAt(field).label}>
      {filterValues(field, chosen, all).map((value) => (
        <option key={value} value={writeFieldValue({ field, value })}>
          {value}
        </option>
      ))}
    </optgroup>
  ))
}

/** The values of a field that occur and that the server can filter by, and the one that is chosen. */
function filterValues(field: string, filter: FieldValue | undefined, all: Rows | undefined): string[] {
  const rows = all?.counts.filter((row) => row.field === field) ?? []
  const seen = new Set(rows.map(({ value }) => value).filter((value) => isChartValue({ field, value })))
  if (filter?.field === field) seen.add(filter.value)
  const order = fieldAt(field).words
  return [...seen].sort((a, b) => order.indexOf(a) - order.indexOf(b) || compareVersions(a, b))
}
