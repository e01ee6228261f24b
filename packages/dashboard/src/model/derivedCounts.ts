import { minorOf, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import type { Count } from '@voicemode-telemetry/protocol/wire/charts'

/** The values of the fields that are derived here. */
export const NEWNESS = ['returning', 'new'] as const
export const OPERATION_OUTCOMES = ['succeeded', 'failed'] as const
export const WINDOWS = ['in 7 days', 'in 30 days'] as const

/** What a row of a server's field adds to a derived field. */
const ADDITIONS: Record<string, { field: string; value: string; sign: 1 | -1 }[]> = {
  installations: [{ field: 'installations.newness', value: 'returning', sign: 1 }],
  'installations.new': [
    { field: 'installations.newness', value: 'new', sign: 1 },
    { field: 'installations.newness', value: 'returning', sign: -1 },
  ],
  'installations.last_7_days': [{ field: 'installations.window', value: 'in 7 days', sign: 1 }],
  'installations.last_30_days': [{ field: 'installations.window', value: 'in 30 days', sign: 1 }],
  'usage.total_operations': [{ field: 'operations.outcome', value: 'failed', sign: 1 }],
  'usage.success_rate': [
    { field: 'operations.outcome', value: 'succeeded', sign: 1 },
    { field: 'operations.outcome', value: 'failed', sign: -1 },
  ],
}

/**
 * Adds to the server's rows those that only charts need, and groups versions as `MAJOR.MINOR`. The fields added are:
 *
 * - `installations.newness`: the installations of a day that are new, and the others;
 * - `installations.window`: installations active in the 7 and in the 30 days up to a day;
 * - `operations.outcome`: operations that succeeded and that failed.
 */
export function deriveCounts(counts: readonly Count[]): Count[] {
  const byKey = new Map<string, Count>()
  const add = (row: Count) => {
    const key = `${row.day} ${row.field} ${row.value}`
    byKey.set(key, { ...row, n: row.n + (byKey.get(key)?.n ?? 0) })
  }
  for (const row of counts) {
    add(row.field === VERSION_FIELD ? { ...row, value: minorOf(row.value) } : row)
    for (const { field, value, sign } of ADDITIONS[row.field] ?? []) {
      add({ day: row.day, field, value, n: sign * row.n })
    }
  }
  return [...byKey.values()]
}
