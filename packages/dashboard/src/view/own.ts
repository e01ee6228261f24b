import { FIELDS } from '@voicemode-telemetry/protocol'
import { type ChartSpec, type Count, type DailyCounts, formatShare } from '../charts.ts'
import type { ReportTable, ViewData, ViewDay } from './data.ts'

/** The charts of one's own use, in reading order. Success, failed steps and errors are told in words. */
export const OWN_CHARTS: readonly ChartSpec[] = [
  { field: 'usage.total_sessions', show: 'count' },
  {
    field: 'usage.total_operations',
    show: 'count',
    title: 'Operations',
    purpose: 'How often VoiceMode was called.',
  },
  { field: 'usage.duration_distribution', show: 'share' },
  { field: 'usage.exchanges_per_session', show: 'share' },
  { field: 'usage.transport_usage', show: 'share' },
  { field: 'usage.tts_provider_usage', show: 'share' },
  { field: 'usage.stt_provider_usage', show: 'share' },
]

/** The numbers of one's own events, as the rows that charts are drawn of. */
export function ownCounts({ from, today, days }: Pick<ViewData, 'from' | 'today' | 'days'>): DailyCounts {
  return { from, to: today, counts: days.flatMap(countsOf) }
}

/**
 * The rows of a day: each number of its event as it stands there, and 1 for each word of its environment. The rate of success is
 * no count and has no row; see {@link successOf}.
 *
 * @returns none for a day without an event, or with one that somebody changed beyond reading.
 */
export function countsOf({ day, body }: Pick<ViewDay, 'day' | 'body'>): Count[] {
  const event = eventIn(body)
  return FIELDS.flatMap(({ path, isMap }) => {
    const [group = '', name = ''] = path.split('.')
    const value = memberOf(memberOf(event, group), name)
    if (group === 'environment') return typeof value === 'string' ? [{ day, field: path, value, n: 1 }] : []
    if (group !== 'usage' || name === 'success_rate') return []
    const entries = isMap && typeof value === 'object' ? Object.entries(value ?? {}) : [['', value] as const]
    return entries.flatMap(([word, n]) =>
      typeof n === 'number' && Number.isFinite(n) ? [{ day, field: path, value: word, n }] : [],
    )
  })
}

/** The percent of a day's operations that succeeded, as its event tells; undefined where it tells none. */
export function successOf({ body }: Pick<ViewDay, 'body'>): number | undefined {
  const rate = memberOf(memberOf(eventIn(body), 'usage'), 'success_rate')
  return typeof rate === 'number' ? rate : undefined
}

/** The sum of a field over all days. */
export function sumOf({ counts }: DailyCounts, field: string): number {
  return counts.reduce((sum, count) => (count.field === field ? sum + count.n : sum), 0)
}

/** The rate of success over all days, each weighed by its operations; undefined where there was none. */
export function meanSuccess(days: readonly ViewDay[]): number | undefined {
  let [operations, weighed] = [0, 0]
  for (const day of days) {
    const rate = successOf(day)
    const n = countsOf(day).find(({ field }) => field === 'usage.total_operations')?.n ?? 0
    if (rate === undefined) continue
    operations += n
    weighed += n * rate
  }
  return operations > 0 ? weighed / operations : undefined
}

/** What was counted of each word of a field over all days, the most frequent first. */
export function wordsOf({ counts }: DailyCounts, field: string): { word: string; n: number }[] {
  const sums = new Map<string, number>()
  for (const count of counts) {
    if (count.field === field) sums.set(count.value, (sums.get(count.value) ?? 0) + count.n)
  }
  return [...sums].map(([word, n]) => ({ word, n })).sort((a, b) => b.n - a.n)
}

/** A row of a public table beside one's own. */
export interface ComparedRow {
  value: string
  /** Installations, with noise; undefined for a word that the report does not show. */
  n: number | undefined
  plusMinus: number | undefined
  share: string
  ownShare: string
}

/** A public table with one's own shares beside it; one's own words that the table lacks stand at its end. */
export function compare({ field, rows }: ReportTable, own: DailyCounts): ComparedRow[] {
  const total = rows.reduce((sum, { n }) => sum + n, 0)
  const mine = new Map<string, number>()
  for (const { word, n } of wordsOf(own, field)) {
    const value = field === 'environment.version' ? word.split('.').slice(0, 2).join('.') : word
    mine.set(value, (mine.get(value) ?? 0) + n)
  }
  const ownTotal = [...mine.values()].reduce((sum, n) => sum + n, 0)
  const ownShare = (value: string) =>
    formatShare(ownTotal > 0 ? (mine.get(value) ?? 0) / ownTotal : undefined)
  const shown = rows.map(({ value, n, plus_minus }) => ({
    value,
    n,
    plusMinus: plus_minus,
    share: formatShare(total > 0 ? n / total : undefined),
    ownShare: ownShare(value),
  }))
  const missing = [...mine.keys()].filter((word) => !rows.some(({ value }) => value === word))
  return [
    ...shown,
    ...missing.map((value) => ({
      value,
      n: undefined,
      plusMinus: undefined,
      share: '–',
      ownShare: ownShare(value),
    })),
  ]
}

function eventIn(body: string | null): unknown {
  try {
    return JSON.parse(body ?? 'null')
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
