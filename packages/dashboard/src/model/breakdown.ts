import { compareVersions, fieldAt, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import type { Segments } from '@voicemode-telemetry/protocol/wire/charts'
import { FILTER_FIELDS } from './pageState.ts'
import { ratio, total } from './sums.ts'

/** How often a value was counted, out of how many, and the share that is. */
interface Part {
  n: number
  of: number
  share: number | undefined
}

export interface BreakdownTable {
  field: string
  label: string
  rows: (Part & { value: string })[]
}

/** The value over all segments. Each count belongs to one segment of each field. */
export function overallOf({ segments }: Segments): Part {
  // The server leaves out rare versions, but no operating system.
  const rows = segments.filter(({ segment }) => segment === 'environment.os_type')
  const [n, of] = [total(rows), total(rows.map((row) => ({ n: row.of })))]
  return { n, of, share: ratio(n, of) }
}

/** One table for each field of segments: versions from the newest, other values from the most frequent. */
export function breakdownTablesOf({ segments }: Segments): BreakdownTable[] {
  const fields = FILTER_FIELDS.filter((field) => segments.some(({ segment }) => segment === field))
  return fields.map((field) => ({
    field,
    label: fieldAt(field).label,
    rows: segments
      .filter(({ segment }) => segment === field)
      .map(({ value, n, of }) => ({ value, n, of, share: ratio(n, of) }))
      .sort((a, b) =>
        field === VERSION_FIELD
          ? compareVersions(a.value, b.value)
          : b.n - a.n || a.value.localeCompare(b.value),
      ),
  }))
}
