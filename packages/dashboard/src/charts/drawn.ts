import { total } from '../model/sums.ts'
import { type Chart, type ChartNumbers, type Point, pointsOfDay, type Total } from './chart.ts'

/** Stands in a picture for the values that are too many to draw. */
export const REST = 'all others'

/** A picture has this many colours; with more, the eye can't tell them apart. */
const MAX_DRAWN_VALUES = 6

/** Whether a value stands for something without a name of its own. */
function isUnnamed(value: string): boolean {
  return value === 'other' || value === 'unknown' || value === REST
}

/** The chart as its picture shows it: the most frequent values, and all others as one. */
export function drawnChart(chart: Chart): Chart {
  if (chart.drawn) return withNumbers(chart, [...chart.drawn], (rows) => rows)
  if (chart.values.length <= MAX_DRAWN_VALUES) return chart
  const byCount = chart.totals.toSorted((a, b) => b.n - a.n).map(({ value }) => value)
  const kept = byCount.filter((value) => !isUnnamed(value)).slice(0, MAX_DRAWN_VALUES)
  return withNumbers(chart, kept, (named, others) => {
    const [first] = others
    if (!first) return named
    const shares = others.flatMap(({ share }) => (share === undefined ? [] : [{ n: share }]))
    const share = shares.length > 0 ? total(shares) : undefined
    return [...named, { ...first, value: REST, n: total(others), share }]
  })
}

/** The chart with only some of its values. @param merge makes the rows of a day from the kept and the other ones. */
function withNumbers(
  chart: Chart,
  kept: readonly string[],
  merge: <Row extends Total>(kept: Row[], others: Row[]) => Row[],
): Chart {
  const reduce = <Row extends Total>(rows: Row[]) =>
    merge(
      rows.filter(({ value }) => kept.includes(value)),
      rows.filter(({ value }) => !kept.includes(value)),
    )
  const reduceAll = (numbers: ChartNumbers): ChartNumbers => ({
    points: Array.from({ length: numbers.points.length / chart.values.length }, (_, index) =>
      reduce(pointsOfDay(numbers, chart, index)),
    ).flat(),
    totals: reduce(numbers.totals),
  })
  const reduced = reduceAll(chart)
  return {
    ...chart,
    ...reduced,
    values: reduced.totals.map(({ value }) => value),
    ...(chart.previous && { previous: reduceAll(chart.previous) }),
    ...(chart.compared && { compared: { ...reduceAll(chart.compared), label: chart.compared.label } }),
  }
}

/** The points that no line reaches, because the days beside them have no value. */
export function lonePoints({ points, values, show }: Chart): Point[] {
  const isDrawn = (point?: Point) => (show === 'share' ? point?.share : point?.n) !== undefined
  return points.filter(
    (point, at) =>
      isDrawn(point) && !isDrawn(points[at - values.length]) && !isDrawn(points[at + values.length]),
  )
}

/** The totals in the order in which bars show them. */
export function barsOf({ as, totals }: Chart): Total[] {
  if (as !== 'ranking') return totals
  return totals.toSorted((a, b) => Number(isUnnamed(a.value)) - Number(isUnnamed(b.value)) || b.n - a.n)
}

/** Whether what is compared is drawn day by day, which works for lines and for a plain number. */
export function drawsCompared({ as, values, compared }: Chart): boolean {
  return compared !== undefined && (as === 'lines' || (as === 'stack' && values.length === 1))
}

/** A value's colour: grey if it is unnamed, otherwise by its place among the values. */
export function colourOf(values: readonly string[], value: string): string {
  if (value === 'unknown' && values.includes('other')) return 'var(--series-rest-2)'
  if (isUnnamed(value)) return 'var(--series-rest)'
  return `var(--series-${(values.indexOf(value) % MAX_DRAWN_VALUES) + 1})`
}
