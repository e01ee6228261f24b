import { compareVersions, fieldAt } from '@voicemode-telemetry/protocol'
import { type FieldValue, isChartValue, writeFieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { useId } from 'preact/hooks'
import type { Rows } from '../../model/numbers.ts'
import { FILTER_FIELDS } from '../../model/pageState.ts'
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
        {FILTER_FIELDS.map((field) => (
          <optgroup key={field} label={fieldAt(field).label}>
            {filterValues(field, filter, all).map((value) => (
              <option key={value} value={writeFieldValue({ field, value })}>
                {value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  )
}

/** The values of a field that occur and that the server can filter by, and the one that is chosen. */
function filterValues(field: string, filter: FieldValue | undefined, all: Rows | undefined): string[] {
  const rows = all?.counts.filter((row) => row.field === field) ?? []
  const seen = new Set(rows.map(({ value }) => value).filter((value) => isChartValue({ field, value })))
  if (filter?.field === field) seen.add(filter.value)
  const order = fieldAt(field).words
  return [...seen].sort((a, b) => order.indexOf(a) - order.indexOf(b) || compareVersions(a, b))
}
