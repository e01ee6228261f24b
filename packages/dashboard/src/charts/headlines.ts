import { addDays, type Day, fieldAt } from '@voicemode-telemetry/protocol'
import { formatChange, type Measured } from '../model/change.ts'
import type { Retention } from '../model/cohorts.ts'
import { countableDays, newnessFrom, WHY_NOT_NEW, withNewness } from '../model/days.ts'
import {
  formatAverage,
  formatCount,
  formatDay,
  formatRatio,
  formatShare,
  formatShortDay,
} from '../model/format.ts'
import type { Numbers, Rows } from '../model/numbers.ts'
import { ratio, sumOf } from '../model/sums.ts'

/** A number at the top of the page. */
export interface Headline {
  label: string
  value: string
  /** Against the previous period, as `▲ 6 % from 1,204`. */
  change?: string | undefined
  note: string
  /** The same number for other days or installations, or why there is none. */
  beside: string[]
}

interface Measure {
  label: string
  /** Undefined if there is nothing to divide by. */
  of(daily: Rows): number | undefined
  format(value: number | undefined): string
  /** A count where it is absent. */
  measured?: Measured
  note(daily: Rows): string
  /** Whether the server counts it for all installations only. */
  ignoresFilter?: true
  /** Whether it can be told only for days from which on new installations are known. */
  needsNewness?: true
}

const MEASURES: readonly Measure[] = [
  {
    label: 'Active per day',
    of: (daily) => sumOf(daily, 'installations') / countableDays(daily),
    format: (value = 0) => formatAverage(value),
    note: (daily) => `installations on average, ${formatCount(onLastDay(daily))} on the last day`,
  },
  {
    label: 'Active in 30 days',
    of: (daily) => lastRow(daily, 'installations.last_30_days')?.n ?? 0,
    format: formatCount,
    note: (daily) => {
      const week = lastRow(daily, 'installations.last_7_days')
      return `installations up to ${formatShortDay(week?.day ?? daily.to)}; in 7 days: ${formatCount(week?.n ?? 0)}`
    },
    ignoresFilter: true,
  },
  {
    label: 'New',
    of: (daily) => sumOf(daily, 'installations.new'),
    format: formatCount,
    note: () => 'installations with their first active day in 30 days',
    ignoresFilter: true,
    needsNewness: true,
  },
  {
    label: 'Sessions',
    of: (daily) => sumOf(daily, 'usage.total_sessions'),
    format: formatCount,
    note: (daily) => {
      const perActive = ratio(sumOf(daily, 'usage.total_sessions'), sumOf(daily, 'installations'))
      return `${formatRatio(perActive)} per active installation and day`
    },
  },
  {
    label: 'Success rate',
    measured: 'share',
    of: (daily) => ratio(sumOf(daily, 'usage.success_rate'), sumOf(daily, 'usage.total_operations')),
    format: formatShare,
    note: (daily) => `of ${formatCount(sumOf(daily, 'usage.total_operations'))} operations`,
  },
  {
    label: 'Failed calls per 100',
    measured: 'per 100',
    of: (daily) => ratio(100 * sumOf(daily, 'usage.failed_steps'), sumOf(daily, 'usage.total_operations')),
    format: formatRatio,
    note: noteOnFailedSteps,
  },
  {
    label: 'Local Whisper',
    measured: 'share',
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

/** The numbers at the top of the maintainers' page. */
export function headlinesOf(numbers: Numbers, retention: Retention): Headline[] {
  const { all, shown, isFiltered, compared, since } = numbers
  const measured = MEASURES.map((measure): Headline => {
    const { label, of, format, note, ignoresFilter, needsNewness } = measure
    if (needsNewness && withNewness(all.daily, since) !== all.daily) {
      const from = formatDay(newnessFrom(since))
      return { label, value: '–', note: `Known for days from ${from} on. ${WHY_NOT_NEW}`, beside: [] }
    }
    const { daily, previous } = ignoresFilter ? all : shown
    return {
      label,
      value: format(of(daily)),
      change: changeOf(measure, daily, previous, since),
      note: note(daily),
      beside: [
        ...(isFiltered ? [ignoresFilter ? NOT_FILTERED : `all: ${format(of(all.daily))}`] : []),
        ...(compared && !ignoresFilter ? [`${compared.label}: ${format(of(compared.rows))}`] : []),
      ],
    }
  })
  const place = measured.findIndex(({ label }) => label === 'Sessions')
  return measured.toSpliced(place, 0, returningInWeekTwo(retention, all.daily.to, isFiltered))
}

function changeOf(
  { of, format, measured = 'count', needsNewness }: Measure,
  now: Rows,
  previous: Rows | undefined,
  since: Day,
) {
  const isKnown = previous && (!needsNewness || withNewness(previous, since) === previous)
  const before = isKnown ? of(previous) : undefined
  const change = formatChange(of(now), before, measured)
  return change && `${change} from ${format(before)}`
}

const NOT_FILTERED = 'not filtered'

const DAYS_OF_TWO_WEEKS = 14

function returningInWeekTwo({ pooled, knownFrom }: Retention, to: Day, isFiltered: boolean): Headline {
  const { share, of } = pooled[1] ?? { share: undefined, of: 0 }
  const isKnownFrom = addDays(knownFrom, DAYS_OF_TWO_WEEKS)
  return {
    label: 'Return in week 2',
    value: formatShare(share),
    note:
      share === undefined && isKnownFrom > to
        ? `Known from ${formatDay(isKnownFrom)} on. ${WHY_NOT_NEW}`
        : `of ${formatCount(of)} installations whose second week is over`,
    beside: isFiltered ? [NOT_FILTERED] : [],
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
