import { minorOf, type TelemetryEvent, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import type { Count } from '@voicemode-telemetry/protocol/wire/charts'
import type { ReportTable } from '@voicemode-telemetry/protocol/wire/reports'
import type { ViewData, ViewDay } from '@voicemode-telemetry/protocol/wire/viewer'
import type { Rows } from './numbers.ts'
import { ratio, sumOf, total } from './sums.ts'

/** The numbers in this machine's events, as rows for charts. */
export function ownCounts({ from, today, days }: Pick<ViewData, 'from' | 'today' | 'days'>): Rows {
  return { from, to: today, counts: days.flatMap(countsOf) }
}

/**
 * The rows of one day: each number of its event, and 1 for each value of its environment; none for a day without an event. The
 * success rate is not a count and has no row; see {@link successRateOf}.
 */
export function countsOf({ day, body }: Pick<ViewDay, 'day' | 'body'>): Count[] {
  if (body === null) return []
  const { environment, usage } = JSON.parse(body) as TelemetryEvent
  const { success_rate: _, ...counted } = usage
  const row = (field: string, value: string, n: number) => ({ day, field, value, n })
  return [
    ...Object.entries(environment).map(([name, value]) => row(`environment.${name}`, value, 1)),
    ...Object.entries(counted).flatMap(([name, n]) =>
      typeof n === 'number'
        ? [row(`usage.${name}`, '', n)]
        : Object.entries(n).map(([value, times]) => row(`usage.${name}`, value, times)),
    ),
  ]
}

/** The success rate over all days, each weighted by its operations, 0 to 1; undefined if there was no operation. */
export function successRateOf(days: readonly ViewDay[]): number | undefined {
  const rated = days.flatMap((day) => {
    const rate = day.body === null ? undefined : (JSON.parse(day.body) as TelemetryEvent).usage.success_rate
    return rate === undefined ? [] : [{ rate, n: sumOf({ counts: countsOf(day) }, 'usage.total_operations') }]
  })
  return ratio(total(rated.map(({ rate, n }) => ({ n: (rate / 100) * n }))), total(rated))
}

/** A row of the public report with this machine's own share. */
export interface ComparedRow {
  value: string
  /** Installations in the report; undefined for a value that it doesn't show. */
  report: { n: number; plusMinus: number; share: number | undefined } | undefined
  ownShare: number | undefined
}

/** Adds the own shares to the rows of a public table, and a row for each own value that the table lacks. */
export function compareWithReport({ field, rows }: ReportTable, { counts }: Rows): ComparedRow[] {
  const own = {
    counts: field === VERSION_FIELD ? counts.map((row) => ({ ...row, value: minorOf(row.value) })) : counts,
  }
  const ownShareOf = (value: string) => ratio(sumOf(own, field, value), sumOf(own, field))
  const ownValues = new Set(own.counts.filter((row) => row.field === field).map(({ value }) => value))
  const missing = [...ownValues].filter((own) => !rows.some(({ value }) => value === own))
  return [
    ...rows.map(({ value, n, plus_minus: plusMinus }) => ({
      value,
      report: { n, plusMinus, share: ratio(n, total(rows)) },
      ownShare: ownShareOf(value),
    })),
    ...missing.map((value) => ({ value, report: undefined, ownShare: ownShareOf(value) })),
  ]
}
