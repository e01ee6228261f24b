import { addDays, type Day, dayAt, daysBetween, isDay, type Problem } from '@voicemode-telemetry/protocol'
import type { Count } from './store.ts'

/** What `GET /v1/charts/daily` is asked for. */
export interface ChartQuery {
  from: Day
  /** The last day, itself included. */
  to: Day
  format: 'json' | 'csv'
}

const DEFAULT_CHART_DAYS = 30
const MAX_CHART_DAYS = 400

/** Reads a chart's query; without days it means the last {@link DEFAULT_CHART_DAYS}, today included. */
export function parseChartQuery(
  params: Record<string, string>,
  now: number,
): { ok: true; query: ChartQuery } | { ok: false; problems: Problem[] } {
  const { from: asked, to = dayAt(now), format = 'json' } = params
  const problems: Problem[] = []
  const mustBeDay = (field: string, text: string) => {
    if (!isDay(text)) problems.push({ field, expected: 'a day, written YYYY-MM-DD' })
  }
  mustBeDay('to', to)
  if (asked !== undefined) mustBeDay('from', asked)
  if (format !== 'json' && format !== 'csv') problems.push({ field: 'format', expected: 'json or csv' })
  if (problems.length > 0) return { ok: false, problems }

  const from = asked ?? addDays(to, 1 - DEFAULT_CHART_DAYS)
  const days = daysBetween(from, to) + 1
  if (days < 1 || days > MAX_CHART_DAYS) {
    const expected = `a day not after "to" and less than ${MAX_CHART_DAYS} days before it`
    return { ok: false, problems: [{ field: 'from', expected }] }
  }
  return { ok: true, query: { from, to, format: format === 'csv' ? 'csv' : 'json' } }
}

/** The counts as RFC 4180 writes them. Nothing needs quoting: every value is a word of the contract, a day or a number. */
export function writeCsv(counts: readonly Count[]): string {
  const rows = counts.map(({ day, field, value, n }) => `${day},${field},${value},${n}\r\n`)
  return `day,field,value,n\r\n${rows.join('')}`
}
