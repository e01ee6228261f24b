import type { Count } from '../api/dailyCounts.ts'

/** The words of the fields that are made here. */
export const NEWNESS = ['returning', 'new'] as const
export const OUTCOMES = ['succeeded', 'failed'] as const
export const WINDOWS = ['in 7 days', 'in 30 days'] as const

/**
 * The rows that charts are made of, out of the server's: versions become `MAJOR.MINOR`, and these fields are added:
 *
 * - `installations.newness`: of a day's installations, those that were not active on the 29 days before, and the others;
 * - `installations.window`: installations active in the 7 and in the 30 days that end with a day;
 * - `operations.outcome`: operations that succeeded and that failed.
 */
export function deriveCounts(counts: readonly Count[]): Count[] {
  const byKey = new Map<string, Count>()
  const add = (row: Count) => {
    const key = `${row.day} ${row.field} ${row.value}`
    const counted = byKey.get(key)
    byKey.set(key, counted ? { ...counted, n: counted.n + row.n } : row)
  }
  for (const row of counts) {
    const { day, field, n } = row
    add(field === 'environment.version' ? { ...row, value: minorOf(row.value) } : row)
    switch (field) {
      case 'installations':
        add({ day, field: 'installations.newness', value: 'returning', n })
        break
      case 'installations.new':
        add({ day, field: 'installations.newness', value: 'new', n })
        add({ day, field: 'installations.newness', value: 'returning', n: -n })
        break
      case 'installations.last_7_days':
        add({ day, field: 'installations.window', value: 'in 7 days', n })
        break
      case 'installations.last_30_days':
        add({ day, field: 'installations.window', value: 'in 30 days', n })
        break
      case 'usage.total_operations':
        add({ day, field: 'operations.outcome', value: 'failed', n })
        break
      case 'usage.success_rate':
        add({ day, field: 'operations.outcome', value: 'succeeded', n })
        add({ day, field: 'operations.outcome', value: 'failed', n: -n })
        break
    }
  }
  return [...byKey.values()]
}

/** `8.12` of `8.12.0`; what is no version stays. */
function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Versions from the newest to the oldest, and what is none after them. */
export function compareVersions(a: string, b: string): number {
  return rankOf(b) - rankOf(a)
}

function rankOf(version: string): number {
  const [major = Number.NaN, minor = 0] = version.split('.').map(Number)
  return Number.isNaN(major) ? -1 : major * 10_000 + minor
}
