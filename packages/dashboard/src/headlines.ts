import { daysFromTo, fieldAt } from '@voicemode-telemetry/protocol'
import type { Count, DailyCounts } from './charts.ts'
import type { Retention } from './cohorts.ts'
import { formatAverage, formatCount, formatRatio, formatShare, formatShortDay } from './format.ts'

export interface Headline {
  label: string
  value: string
  note: string
  /** The same of everyone, where the rest is of some. */
  everyone?: string
  /** Whether it is everyone's although the rest is of some. */
  isOfEveryone: boolean
  /** The same of the days before, where these are compared. */
  before?: string
}

/** What the numbers at the top of the page are made of. */
export interface HeadlineNumbers {
  everyone: DailyCounts
  /** Of those that the filter lets through; undefined without one. */
  filtered?: DailyCounts | undefined
  before?: { everyone: DailyCounts; filtered?: DailyCounts | undefined } | undefined
  retention: Retention
}

interface Measure {
  label: string
  /** Undefined where there is nothing to divide by. */
  of(daily: DailyCounts): number | undefined
  format(value: number | undefined): string
  note(daily: DailyCounts): string
  /** Whether the server counts it for everyone only. */
  isOfEveryone?: true
}

const MEASURES: readonly Measure[] = [
  {
    label: 'Active a day',
    of: (daily) => sumOf(daily, 'installations') / daysIn(daily),
    format: (value = 0) => formatAverage(value),
    note: (daily) =>
      `installations, on average; ${formatCount(onLastDay(daily, 'installations'))} on the last day`,
  },
  {
    label: 'Active in 30 days',
    of: (daily) => lastTold(daily, 'installations.last_30_days')?.n,
    format: formatAny,
    note: (daily) => {
      const week = lastTold(daily, 'installations.last_7_days')
      return `installations; ${formatAny(week?.n)} in 7 days, up to ${formatShortDay(week?.day ?? daily.to)}`
    },
    isOfEveryone: true,
  },
  {
    label: 'New',
    of: (daily) => sumOf(daily, 'installations.new'),
    format: formatAny,
    note: () => 'installations, not active on the 29 days before',
    isOfEveryone: true,
  },
  {
    label: 'Sessions',
    of: (daily) => sumOf(daily, 'usage.total_sessions'),
    format: formatAny,
    note: (daily) => {
      const perActive = ratio(sumOf(daily, 'usage.total_sessions'), sumOf(daily, 'installations'))
      return `${formatRatio(perActive)} a day per active installation`
    },
  },
  {
    label: 'Success rate',
    of: (daily) => ratio(sumOf(daily, 'usage.success_rate'), sumOf(daily, 'usage.total_operations')),
    format: formatShare,
    note: (daily) => `of ${formatCount(sumOf(daily, 'usage.total_operations'))} operations`,
  },
  {
    label: 'Failed calls per 100',
    of: (daily) => ratio(100 * sumOf(daily, 'usage.failed_steps'), sumOf(daily, 'usage.total_operations')),
    format: formatRatio,
    note: (daily) => {
      const failed = sumOf(daily, 'usage.failed_steps')
      const step = mostFrequent(daily, 'usage.failed_steps')
      const most =
        step && `, most at “${step}” (${formatShare(sumOf(daily, 'usage.failed_steps', step) / failed)})`
      return `${formatCount(failed)} failed${most ?? ''}`
    },
  },
  {
    label: 'Whisper locally',
    of: (daily) =>
      ratio(
        sumOf(daily, 'usage.stt_provider_usage', 'whisper-local'),
        sumOf(daily, 'usage.stt_provider_usage'),
      ),
    format: formatShare,
    note: (daily) =>
      `of ${formatCount(sumOf(daily, 'usage.stt_provider_usage'))} uses of a speech-to-text provider`,
  },
]

/** The numbers at the top of the page. */
export function headlinesOf({ everyone, filtered, before, retention }: HeadlineNumbers): Headline[] {
  const measured = MEASURES.map(({ label, of, format, note, isOfEveryone }): Headline => {
    const daily = isOfEveryone ? everyone : (filtered ?? everyone)
    const dailyBefore = isOfEveryone ? before?.everyone : (before?.filtered ?? before?.everyone)
    return {
      label,
      value: format(of(daily)),
      note: note(daily),
      isOfEveryone: filtered !== undefined && isOfEveryone === true,
      ...(filtered && !isOfEveryone && { everyone: format(of(everyone)) }),
      ...(dailyBefore && { before: format(of(dailyBefore)) }),
    }
  })
  return [...measured.slice(0, 3), weekTwo(retention, filtered !== undefined), ...measured.slice(3)]
}

function weekTwo({ pooled }: Retention, isFiltered: boolean): Headline {
  const { share, of } = pooled[1] ?? { share: undefined, of: 0 }
  return {
    label: 'Come back in week two',
    value: formatShare(share),
    note: `of ${formatCount(of)} installations whose second week is over`,
    isOfEveryone: isFiltered,
  }
}

function sumOf({ counts }: DailyCounts, field: string, value?: string): number {
  return counts.reduce(
    (sum, row) => (row.field === field && (value === undefined || row.value === value) ? sum + row.n : sum),
    0,
  )
}

/** The word of a field that was counted most often; of equal ones the first in the contract's order. */
function mostFrequent(daily: DailyCounts, field: string): string | undefined {
  const counted = fieldAt(field).words.filter((word) => sumOf(daily, field, word) > 0)
  return counted.toSorted((a, b) => sumOf(daily, field, b) - sumOf(daily, field, a))[0]
}

function onLastDay({ counts, to }: DailyCounts, field: string): number {
  return counts.find((row) => row.field === field && row.day === to)?.n ?? 0
}

/** The newest row of a field: a day after the last with events is not told. */
function lastTold({ counts }: DailyCounts, field: string): Count | undefined {
  const rows = counts.filter((row) => row.field === field)
  return rows.toSorted((a, b) => (a.day < b.day ? -1 : 1)).at(-1)
}

function daysIn({ from, to }: DailyCounts): number {
  return daysFromTo(from, to).length
}

function ratio(n: number, of: number): number | undefined {
  return of > 0 ? n / of : undefined
}

function formatAny(n: number | undefined): string {
  return formatCount(n ?? 0)
}
