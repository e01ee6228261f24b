import { breakdownTablesOf } from '../model/breakdown.ts'
import { formatChange } from '../model/change.ts'
import { knownPrevious } from '../model/days.ts'
import { formatShare } from '../model/format.ts'
import { amountOf, isBeyondNoise, type Sample, standardErrors } from '../model/noise.ts'
import type { Numbers } from '../model/numbers.ts'
import { SECTIONS } from './catalogue.ts'
import { chartOf, sampleOf } from './chart.ts'
import { FAILURES_TITLE, MEASURES } from './headlines.ts'

/** What changed most in one chart or headline. */
interface ChangeLine {
  label: string
  /** The title of the chart that shows more of it. */
  chart: string
  /** As `8.12 ▲ 15.7 points to 27.8%`. */
  changes: string[]
  /** By how many standard errors the clearest of them differs. */
  standardErrors: number
}

const MAX_LINES = 6

/**
 * The changes on the previous period that exceed the noise, as {@link isBeyondNoise} tells: a line for each headline and for each
 * chart of parts, with the part that grew and the part that shrank most. The clearest come first, at most 6. Undefined where not all
 * of the previous period is known. With a filter, only what it applies to.
 */
export function largestChangesOf(numbers: Numbers): ChangeLine[] | undefined {
  const { shown, isFiltered } = numbers
  if (!shown.previous) return undefined
  const lines = [
    ...headlineChanges(numbers),
    ...chartChanges(numbers),
    ...(isFiltered ? [] : failureChanges(numbers)),
  ]
  return lines
    .filter(({ changes }) => changes.length > 0)
    .toSorted((a, b) => b.standardErrors - a.standardErrors)
    .slice(0, MAX_LINES)
}

/** What other lines tell too, or what overlaps with the previous period. */
const LEFT_OUT = ['Active in 30 days', 'Success rate', 'Local Whisper']

function headlineChanges({ shown: { daily, previous }, isFiltered, since }: Numbers): ChangeLine[] {
  return MEASURES.filter(
    ({ label, ignoresFilter }) => !LEFT_OUT.includes(label) && !(isFiltered && ignoresFilter),
  ).flatMap(({ label, chart, of, format, changesPer100, needsNewness }) => {
    const known = knownPrevious(previous, since, needsNewness)
    if (!known) return []
    const [now, before] = [of(daily), of(known)]
    if (!isBeyondNoise(now, before)) return []
    const change = formatChange(now, before, changesPer100 ? 'per 100' : 'points')
    return [
      {
        ...{ label, chart },
        changes: [`${change} from ${format(amountOf(before))} to ${format(amountOf(now))}`],
        standardErrors: Math.abs(standardErrors(now, before)),
      },
    ]
  })
}

function chartChanges({ shown: { daily, previous } }: Numbers): ChangeLine[] {
  return SECTIONS.flatMap(({ charts }) => charts)
    .filter(({ show }) => show === undefined)
    .map((spec) => {
      const chart = chartOf(daily, { ...spec, show: 'share' }, { previous })
      const { title, totals } = chart
      const parts = totals.flatMap((total) => {
        const before = chart.previous?.totals.find(({ value }) => value === total.value)
        return before
          ? [{ value: total.value, now: sampleOf(chart, total), before: sampleOf(chart, before) }]
          : []
      })
      return lineOf(title, title, parts)
    })
}

function failureChanges({ failures: { now, previous } }: Numbers): ChangeLine[] {
  return breakdownTablesOf(now, previous).map(({ label, rows }) =>
    lineOf(
      `Failed calls (${label})`,
      FAILURES_TITLE,
      rows.flatMap(({ value, previous: before, ...now }) => (before ? [{ value, now, before }] : [])),
    ),
  )
}

interface Part {
  value: string
  now: Sample
  before: Sample
}

/** The line of a chart: the part whose share grew most, and the one whose share shrank most. */
function lineOf(label: string, chart: string, parts: readonly Part[]): ChangeLine {
  const bySize = parts
    .filter(({ now, before }) => isBeyondNoise(now, before))
    .map((part) => ({ ...part, difference: (amountOf(part.now) ?? 0) - (amountOf(part.before) ?? 0) }))
    .toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
  const most = [
    bySize.find(({ difference }) => difference > 0),
    bySize.find(({ difference }) => difference < 0),
  ].filter((part) => part !== undefined)
  return {
    ...{ label, chart },
    changes: most.map(
      ({ value, now, before }) => `${value} ${formatChange(now, before)} to ${formatShare(amountOf(now))}`,
    ),
    standardErrors: Math.max(0, ...most.map(({ now, before }) => Math.abs(standardErrors(now, before)))),
  }
}
