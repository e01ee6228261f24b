import { fieldAt } from '@voicemode-telemetry/protocol'
import { type Choice, type DayRange, FILTER_FIELDS } from './address.ts'
import { compareVersions } from './derivedCounts.ts'

/** The answer of `GET /v1/charts/segments`. */
export interface Segments extends DayRange, Choice {
  segments: {
    /** The field it is split by, as `environment.version`. */
    segment: string
    value: string
    /** How often the word was counted in that segment. */
    n: number
    /** Of so many words of its field there. */
    of: number
  }[]
}

export interface SegmentTable {
  field: string
  label: string
  rows: { value: string; n: number; of: number; share: number | undefined }[]
}

/** How often the word was counted in all, of how many. Each count is in one segment of each field. */
export function overallOf({ segments }: Segments): { n: number; of: number; share: number | undefined } {
  // Systems, unlike versions, are few enough to be told without exception.
  const rows = segments.filter(({ segment }) => segment === 'environment.os_type')
  const [n, of] = [rows.reduce((sum, row) => sum + row.n, 0), rows.reduce((sum, row) => sum + row.of, 0)]
  return { n, of, share: of > 0 ? n / of : undefined }
}

/** One table for each field it is split by: versions from the newest, all else from where the word is most frequent. */
export function segmentTablesOf({ segments }: Segments): SegmentTable[] {
  const fields = FILTER_FIELDS.filter((field) => segments.some(({ segment }) => segment === field))
  return fields.map((field) => ({
    field,
    label: fieldAt(field).label,
    rows: segments
      .filter(({ segment }) => segment === field)
      .map(({ value, n, of }) => ({ value, n, of, share: of > 0 ? n / of : undefined }))
      .sort((a, b) =>
        field === 'environment.version'
          ? compareVersions(a.value, b.value)
          : b.n - a.n || a.value.localeCompare(b.value),
      ),
  }))
}
