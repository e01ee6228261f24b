import type { DailyCounts } from '@voicemode-telemetry/protocol/wire/charts'

/** The sum of a field over all rows; of one of its values if that is given. */
export function sumOf({ counts }: Pick<DailyCounts, 'counts'>, field: string, value?: string): number {
  return total(counts.filter((row) => row.field === field && (value === undefined || row.value === value)))
}

export function total(rows: readonly { n: number }[]): number {
  return rows.reduce((sum, { n }) => sum + n, 0)
}

/** `n / of`; undefined if there is nothing to divide by. */
export function ratio(n: number, of: number): number | undefined {
  return of > 0 ? n / of : undefined
}
