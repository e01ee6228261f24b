import { formatCount, formatDay, formatShare } from '../model/format.ts'
import { type Chart, formatTotal, isEmpty, type Point } from './chart.ts'
import { drawnChart } from './drawn.ts'

/** A chart in one or two sentences, for people who can't see it. */
export function summaryOf(whole: Chart): string {
  const chart = whole.drawn ? drawnChart(whole) : whole
  const { title, days, show, as, values } = chart
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last || isEmpty(chart)) return `${title}: nothing was counted.`
  const when = `from ${formatDay(first)} to ${formatDay(last)} (UTC)`
  return as === 'stack' && values.length > 1
    ? `${title}, ${show === 'share' ? 'share by day' : 'per day'} ${when}. ${summaryOfTotals(chart)}`
    : `${title} per day ${when}. ${values.map((value) => summaryOfExtremes(chart, value)).join(' ')}`
}

function summaryOfTotals(chart: Chart): string {
  const isAverage = chart.show === 'count' && chart.unit === 'installations'
  const parts = chart.totals.map((total) => `${total.value} ${formatTotal(chart, total)}`)
  return `${isAverage ? 'On an average day' : 'Over all days'}: ${parts.join(', ')}.`
}

function summaryOfExtremes({ points, values, show }: Chart, value: string): string {
  const shownOf = ({ n, share }: Point) => (show === 'share' ? share : n)
  const say = (point: Point | undefined) =>
    point
      ? `${show === 'share' ? formatShare(point.share) : formatCount(point.n)} on ${formatDay(point.day)}`
      : 'none'
  const sorted = points
    .filter((point) => point.value === value && shownOf(point) !== undefined)
    .sort((a, b) => (shownOf(a) ?? 0) - (shownOf(b) ?? 0))
  const lead = values.length > 1 ? `${value}, lowest` : 'Lowest'
  return `${lead}: ${say(sorted[0])}; highest: ${say(sorted.at(-1))}.`
}
