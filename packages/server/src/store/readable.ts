import { isDay, isIsoWeek, readJsonAs } from '@voicemode-telemetry/protocol'
import { reportSchema, type WeeklyReport } from '@voicemode-telemetry/protocol/wire/reports'
import type { Batch, Row } from './driver.ts'
import { raw, read } from './statement.ts'
import type { TableName } from './tables.ts'

/** SQL's condition on a text that may be a day, where not every row can be looked at; `isDay` tells the rest. */
export const MAY_BE_DAY = raw("LIKE '____-__-__'")

/** The last instant that a `Date` can be, in milliseconds since 1970. */
const MAX_TIME_MS = 8.64e15

/** How many rows of a table can't be read. */
export interface UnreadableRows {
  table: TableName
  n: number
}

/** Whether a row can be used, in tables with few rows. Whoever reads them passes over the others. */
const IS_READABLE = {
  days: ({ day }) => isDay(String(day)),
  reports: (row) => isDay(String(row.made_on)) && readReport(row) !== undefined,
  milestones: ({ day }) => isDay(String(day)),
  data_requests: ({ day, kind }) => isDay(String(day)) && (kind === 'export' || kind === 'delete'),
  clock: (row) => [row.believed_at, row.doubted_since, row.seen_at].every(isTime),
} satisfies Partial<Record<TableName, (row: Row) => boolean>>

/** The report in a row; undefined where its body can't be read, or is of another week. */
export function readReport({ week, body }: Row): WeeklyReport | undefined {
  const report = isIsoWeek(String(week)) ? readJsonAs(reportSchema, String(body)) : undefined
  return report?.week === week ? report : undefined
}

/** A stored time in milliseconds since 1970, where it is one. */
export function isTime(value: unknown): boolean {
  return Math.abs(Number(value)) <= MAX_TIME_MS
}

/** Finds rows that can't be read; tables without any are left out. */
export async function findUnreadableRows(batch: Batch): Promise<UnreadableRows[]> {
  const tables = Object.entries(IS_READABLE) as [keyof typeof IS_READABLE, (row: Row) => boolean][]
  const found = await batch(...tables.map(([table]) => read`SELECT * FROM ${raw(table)}`))
  return tables
    .map(([table, isReadable], at) => ({
      table,
      n: (found[at] ?? []).filter((row) => !isReadable(row)).length,
    }))
    .filter(({ n }) => n > 0)
}
