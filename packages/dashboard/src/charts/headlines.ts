import { addDays, type Day, fieldAt } from '@voicemode-telemetry/protocol'
import { formatChange } from '../model/change.ts'
import type { Retention } from '../model/cohorts.ts'
import { countableDays, knownPrevious, newnessFrom, WHY_NOT_NEW, withNewness } from '../model/days.ts'
import {
  formatAverage,
  formatCount,
  formatDay,
  formatRatio,
  formatShare,
  formatShortDay,
} from '../model/format.ts'
import { amountOf, type Sample } from '../model/noise.ts'
import type { Numbers, Rows } from '../model/numbers.ts'
import { ratio, sumOf } from '../model/sums.ts'
import { labelsOf } from './chart.ts'

/** A number at the top of the page. */
export interface Headline {
  label: string
  value: string
  /** Against the previous period, as `▲ 6 % from 1,204`. */
  change?: string | undefined
  note: string
  /** The same number for other days or installations, or why there is none. */
  beside: string[]
  /** The title of the chart that shows more of it. */
  chart?: string
  /** Whether a filter is chosen that does not apply to it. */
  isUnfiltered?: boolean
}

interface Measure {
  label: string
  chart: string
  of(daily: Rows): Sample
  /** A share is formatted as its part of 1. */
  format(value: number | undefined): string
  /** How a change of a share is told; in points where it is absent. */
  changesPer100?: true
  note(daily: Rows): string
  /** Whether the server counts it for all installations only. */
  ignoresFilter?: true
  /** Whether it can be told only for days from which on new installations are known. */
  needsNewness?: true
}

/** The titles of what is no chart of the catalogue. */
export const FAILURES_TITLE = 'Who fails most'
export const RETENTION_TITLE = 'Retention'

export const MEASURES: readonly Measure[] = [
  {
    label: 'Active per day',
    chart: 'Active installations',
    of: (daily) => ({ n: sumOf(daily, 'installations') / countableDays(daily), unit: 'installations' }),
    format: (value = 0) => formatAverage(value),
    note: (daily) => `installations on average, ${formatCount(onLastDay(daily))} on the last day`,
  },
  {
    label: 'Active in 30 days',
    chart: 'Active in 7 and 30 days',
    of: (daily) => ({ n: lastRow(daily, 'installations.last_30_days')?.n ?? 0, unit: 'installations' }),
    format: formatCount,
    note: (daily) => {
      const week = lastRow(daily, 'installations.last_7_days')
      return `installations up to ${formatShortDay(week?.day ?? daily.to)}; in 7 days: ${formatCount(week?.n ?? 0)}`
    },
    ignoresFilter: true,
  },
  {
    label: 'New',
    chart: 'New and returning',
    of: (daily) => ({ n: sumOf(daily, 'installations.new'), unit: 'installations' }),
    format: formatCount,
    note: () => 'installations that were not active in the 29 days before',
    ignoresFilter: true,
    needsNewness: true,
  },
  {
    label: 'Sessions',
    chart: 'Sessions',
    of: (daily) => ({ n: sumOf(daily, 'usage.total_sessions'), unit: 'sessions' }),
    format: formatCount,
    note: (daily) => {
      const perActive = ratio(sumOf(daily, 'usage.total_sessions'), sumOf(daily, 'installations'))
      return `${formatRatio(perActive)} per active installation and day`
    },
  },
  {
    label: 'Success rate',
    chart: 'Success rate',
    of: (daily) => ({
      n: sumOf(daily, 'usage.success_rate'),
      of: sumOf(daily, 'usage.total_operations'),
      unit: 'calls',
    }),
    format: formatShare,
    note: (daily) => `of ${formatCount(sumOf(daily, 'usage.total_operations'))} operations`,
  },
  {
    label: 'Failed calls per 100',
    chart: FAILURES_TITLE,
    of: (daily) => ({
      n: sumOf(daily, 'usage.failed_steps'),
      of: sumOf(daily, 'usage.total_operations'),
      unit: 'calls',
    }),
    format: (share) => formatRatio(share === undefined ? undefined : 100 * share),
    changesPer100: true,
    note: noteOnFailedSteps,
  },
  {
    label: 'Local Whisper',
    chart: labelsOf('usage.stt_provider_usage').title,
    of: (daily) => ({
      n: sumOf(daily, 'usage.stt_provider_usage', 'whisper-local'),
      of: sumOf(daily, 'usage.stt_provider_usage'),
      unit: 'sessions',
    }),
    format: formatShare,
    note: (daily) =>
      `of ${formatCount(sumOf(daily, 'usage.stt_provider_usage'))} uses of a speech-to-text provider, not of people`,
  },
]

/** The numbers at the top of the maintainers' page. */
export function headlinesOf(numbers: Numbers, retention: Retention): Headline[] {
  const { all, shown, isFiltered, compared, since } = numbers
  const measured = MEASURES.map((measure): Headline => {
    const { label, chart, of, format, note, ignoresFilter, needsNewness } = measure
    const shownOf = (rows: Rows) => format(amountOf(of(rows)))
    if (needsNewness && withNewness(all.daily, since) !== all.daily) {
      const from = formatDay(newnessFrom(since))
      return { label, chart, value: '–', note: `Known for days from ${from} on. ${WHY_NOT_NEW}`, beside: [] }
    }
    const { daily, previous } = ignoresFilter ? all : shown
    return {
      label,
      chart,
      value: shownOf(daily),
      change: changeOf(measure, daily, knownPrevious(previous, since, needsNewness)),
      isUnfiltered: isFiltered && ignoresFilter === true,
      note: note(daily),
      beside: [
        ...(isFiltered ? [ignoresFilter ? NOT_FILTERED : `all: ${shownOf(all.daily)}`] : []),
        ...(compared && !ignoresFilter ? [`${compared.label}: ${shownOf(compared.rows)}`] : []),
      ],
    }
  })
  const place = measured.findIndex(({ label }) => label === 'Sessions')
  return measured.toSpliced(place, 0, returningInWeekTwo(retention, all.daily.to, isFiltered))
}

function changeOf({ of, format, changesPer100 }: Measure, now: Rows, previous: Rows | undefined) {
  const before = previous && of(previous)
  const change = formatChange(of(now), before, changesPer100 ? 'per 100' : 'points')
  return before && change && `${change} from ${format(amountOf(before))}`
}

const NOT_FILTERED = 'not filtered'

const DAYS_OF_TWO_WEEKS = 14

function returningInWeekTwo({ pooled, knownFrom }: Retention, to: Day, isFiltered: boolean): Headline {
  const { share, of } = pooled[1] ?? { share: undefined, of: 0 }
  const isKnownFrom = addDays(knownFrom, DAYS_OF_TWO_WEEKS)
  return {
    label: 'Return in week 2',
    chart: RETENTION_TITLE,
    isUnfiltered: isFiltered,
    value: formatShare(share),
    note:
      share === undefined && isKnownFrom > to
        ? `Known from ${formatDay(isKnownFrom)} on. ${WHY_NOT_NEW}`
        : `of ${formatCount(of)} installations whose second week (Monday to Sunday) is over; never filtered`,
    beside: [],
  }
}

function noteOnFailedSteps(daily: Rows): string {
  const failed = sumOf(daily, 'usage.failed_steps')
  const countOf = (step: string) => sumOf(daily, 'usage.failed_steps', step)
  // Equal counts stay in the contract's order.
  const [step] = fieldAt('usage.failed_steps').words.toSorted((a, b) => countOf(b) - countOf(a))
  const most = step && failed > 0 ? `, most at “${step}” (${formatShare(countOf(step) / failed)})` : ''
  return `${formatCount(failed)} failed${most}`
}

function onLastDay({ counts, to }: Rows): number {
  return counts.find((row) => row.field === 'installations' && row.day === to)?.n ?? 0
}

/** The newest row of a field. After the last day with events there is none. */
function lastRow({ counts }: Rows, field: string) {
  const rows = counts.filter((row) => row.field === field)
  return rows.toSorted((a, b) => (a.day < b.day ? -1 : 1)).at(-1)
}
