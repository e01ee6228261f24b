import type { WeeklyReport } from '@voicemode-telemetry/protocol/wire/reports'

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
