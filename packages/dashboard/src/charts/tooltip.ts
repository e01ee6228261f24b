import { formatChange } from '../model/change.ts'
import { formatCount, formatShare } from '../model/format.ts'
import type { Sample } from '../model/noise.ts'
import { total } from '../model/sums.ts'
import { type Chart, countedUnitOf, type Point, pointsOfDay, sampleOf } from './chart.ts'
import { colourOf } from './drawn.ts'

/** One line of a tooltip. */
interface TooltipRow {
  name: string
  colour: string | undefined
  /** As `4.2%, 425`. */
  number: string
  /** Against the day with the same place in the previous period. */
  change: string | undefined
}

/** What a chart tells of one of its days: each value and, of several parts of a whole, all of them. */
export function tooltipOf(chart: Chart, index: number): TooltipRow[] {
  const { values, previous, compared, unit, overlaps } = chart
  const points = pointsOfDay(chart, chart, index)
  const before = previous && pointsOfDay(previous, chart, index)
  const beside = compared && pointsOfDay(compared, chart, index)
  const rows = points.flatMap((point, n): TooltipRow[] => {
    const own = {
      name: point.value || unit,
      colour: point.value ? colourOf(values, point.value) : undefined,
      number: numberOf(chart, point),
      change: changeOf(chart, point, before?.[n]),
    }
    const other = beside?.[n]
    if (!other) return [own]
    const name = point.value ? `${point.value}, ${compared?.label}` : (compared?.label ?? '')
    return [own, { ...own, name, number: numberOf(chart, other), change: undefined }]
  })
  // A chart may draw some of its values only, or count one installation several times.
  if (points.length < 2 || overlaps || chart.drawn) return rows
  const sumOf = (points: Point[]): Sample => ({ n: total(points), unit: countedUnitOf(unit) })
  const sum = formatChange(sumOf(points), before && sumOf(before))
  return [...rows, { name: 'total', colour: undefined, number: formatCount(total(points)), change: sum }]
}

function numberOf({ overlaps, values }: Chart, { n, share }: Point): string {
  return overlaps || values[0] === '' ? formatCount(n) : `${formatShare(share)}, ${formatCount(n)}`
}

function changeOf(chart: Chart, now: Point, before: Point | undefined): string | undefined {
  return formatChange(sampleOf(chart, now), before && sampleOf(chart, before))
}
