import type { Day } from '@voicemode-telemetry/protocol'
import type { FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import type { Rows } from './numbers.ts'

/** The days on which installations had the value of a filter, but were not counted by it: it was too rare, or not counted yet. */
export function missingDays(all: Rows, shown: Rows, filter: FieldValue | undefined): Day[] {
  const counted = new Set(shown.counts.map(({ day }) => day))
  const had = all.counts.filter(({ field, value }) => field === filter?.field && value === filter.value)
  return [...new Set(had.map(({ day }) => day))].filter((day) => !counted.has(day)).sort()
}
