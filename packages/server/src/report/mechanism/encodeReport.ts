import type { WeeklyReport } from './weeklyReport.ts'

/** Every key of a report, in the order in which it is written. */
const KEYS = [
  ...['week', 'from', 'to', 'epsilon', 'tables_published', 'epsilon_per_table', 'noise_scale'],
  ...['fold_below', 'tables_from', 'total', 'value', 'n', 'plus_minus'],
  ...['tables', 'field', 'label', 'rows', 'folded', 'notes'],
]

/** A report's bytes: indented JSON with a final line end, the same for the same report, whatever the order of its keys. */
export function encodeReport(report: WeeklyReport): string {
  return `${JSON.stringify(report, KEYS, 2)}\n`
}

/**
 * A report's numbers as RFC 4180 writes them, the total first, as the value '' of `installations`. Nothing needs quoting:
 * every value is a word of the contract, a release or a number.
 */
export function encodeReportCsv({ week, total, plus_minus, tables }: WeeklyReport): string {
  const totalRow = { field: 'installations', value: '', n: total, plus_minus }
  const rows = tables.flatMap(({ field, rows }) => rows.map((row) => ({ field, ...row })))
  const lines = [totalRow, ...rows].map(
    (row) => `${week},${row.field},${row.value},${row.n},${row.plus_minus}\r\n`,
  )
  return `week,field,value,n,plus_minus\r\n${lines.join('')}`
}
