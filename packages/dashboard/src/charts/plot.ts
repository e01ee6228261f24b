import {
  axisX,
  axisY,
  gridY,
  line,
  type Markish,
  plot,
  pointerX,
  rectY,
  ruleY,
  tip,
} from '@observablehq/plot'
import { addDays, type Day, daysBetween, startOfDay } from '@voicemode-telemetry/protocol'
import { formatCount, formatDay, formatShare, formatShortDay } from '../model/format.ts'
import { total } from '../model/sums.ts'
import { type Chart, type Point, pointsOfDay } from './chart.ts'
import { colourOf, drawsPrevious } from './drawn.ts'

const MS_PER_HALF_DAY = 43_200_000
const MAX_TICKS = 4

/** Draws bars or lines by day. The style sheet has the colours, so the picture follows the theme. */
export function plotChart(chart: Chart, width: number, height: number): SVGSVGElement | HTMLElement {
  const { days, values, as } = chart
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) throw new RangeError('a chart without days cannot be drawn')
  const isShare = chart.show === 'share'
  const previous = drawsPrevious(chart) ? previousOnTheseDays(chart) : []
  // A count has no fractions.
  const ticks = isShare ? MAX_TICKS : Math.min(MAX_TICKS, highestOf(chart))
  const picture = plot({
    style: { fontSize: '12px' },
    width,
    height,
    marginLeft: isShare ? 42 : 48,
    marginRight: 4,
    marginTop: 12,
    marginBottom: 26,
    x: { type: 'utc', label: null, domain: [dateOf(first), dateOf(addDays(last, 1))] },
    y: isShare
      ? { domain: [as === 'lines' ? lowestOf([...chart.points, ...previous]) : 0, 1], label: null }
      : { zero: true, nice: true, label: null },
    color: { type: 'ordinal', domain: values, range: values.map((value) => colourOf(values, value)) },
    marks: [
      gridY({ ticks }),
      axisY({ ticks, tickSize: 0, tickFormat: isShare ? '.0%' : ',d' }),
      axisX(tickDays(days, width).map(middayOf), {
        tickSize: 4,
        tickFormat: (date: Date) => formatShortDay(date.toISOString().slice(0, 10)),
      }),
      ...(as === 'lines' ? lineMarks(chart, previous) : barMarks(chart, previous, width / days.length)),
      ...(as === 'lines' && isShare ? [] : [ruleY([0])]),
    ],
  })
  // The box around it describes it in words.
  picture.setAttribute('aria-hidden', 'true')
  return picture
}

function lineMarks(chart: Chart, previous: Point[]): Markish[] {
  const place = { x: ({ day }: Point) => middayOf(day), y: heightIn(chart) }
  return [
    dashedLine(chart, previous),
    line(chart.points, { ...place, z: 'value', stroke: 'value' }),
    tip(chart.points, pointerX({ ...place, title: describeIn(chart) })),
  ]
}

function barMarks(chart: Chart, previous: Point[], dayPx: number): Markish[] {
  const heightOf = heightIn(chart)
  const insetPx = dayPx > 60 ? dayPx / 6 : dayPx > 12 ? 1 : 0.25
  return [
    rectY(chart.points, {
      x: ({ day }: Point) => dateOf(day),
      y: (point: Point) => heightOf(point) ?? 0,
      interval: 'day',
      fill: 'value',
      order: chart.values,
      insetLeft: insetPx,
      insetRight: insetPx,
      title: describeIn(chart),
      tip: true,
    }),
    dashedLine(chart, previous),
  ]
}

function dashedLine(chart: Chart, points: Point[]): Markish {
  return line(points, {
    x: ({ day }: Point) => middayOf(day),
    y: heightIn(chart),
    z: 'value',
    stroke: chart.values.length > 1 ? 'value' : 'var(--quiet)',
    strokeWidth: 1.5,
    strokeDasharray: '5 4',
  })
}

function heightIn({ show }: Chart): (point: Point) => number | undefined {
  return ({ n, share }) => (show === 'share' ? share : n)
}

function describeIn({ unit }: Chart): (point: Point) => string {
  return ({ day, value, n, share }) => {
    const part = value ? `${value}: ${formatShare(share)}, ` : ''
    return `${formatDay(day)}\n${part}${formatCount(n)} ${unit}`
  }
}

/** The points of the previous period, each moved to the day with the same place in this one. */
function previousOnTheseDays(chart: Chart): Point[] {
  const { days, previous } = chart
  return days.flatMap((day, index) =>
    previous ? pointsOfDay(previous, chart, index).map((point) => ({ ...point, day })) : [],
  )
}

/** The largest number drawn above one day. */
function highestOf(chart: Chart): number {
  if (chart.as === 'lines') return Math.max(...chart.points.map(({ n }) => n))
  return Math.max(...chart.days.map((_, index) => total(pointsOfDay(chart, chart, index))))
}

/** Where an axis of shares begins, so that small differences near the top can be seen. */
function lowestOf(points: readonly Point[]): number {
  const lowest = Math.min(1, ...points.map(({ share }) => share ?? 1))
  return Math.min(0.9, Math.floor(lowest * 20) / 20)
}

const A_MONDAY: Day = '2026-01-05'
const TICK_WIDTH_PX = 48

/** The days that get a tick: as many as fit; if not every day fits, Mondays. */
function tickDays(days: readonly Day[], width: number): Day[] {
  const most = Math.max(2, Math.floor((width - 52) / TICK_WIDTH_PX))
  const step = [1, 2, 7, 14, 28, 56].find((every) => days.length / every <= most) ?? 112
  return days.filter((day) => daysBetween(A_MONDAY, day) % step === 0)
}

function dateOf(day: Day): Date {
  return new Date(startOfDay(day))
}

function middayOf(day: Day): Date {
  return new Date(startOfDay(day) + MS_PER_HALF_DAY)
}
