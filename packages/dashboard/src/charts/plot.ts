import {
  axisX,
  axisY,
  dot,
  gridY,
  line,
  type Markish,
  plot,
  rectY,
  ruleX,
  ruleY,
  text,
} from '@observablehq/plot'
import { addDays, type Day, daysBetween, startOfDay } from '@voicemode-telemetry/protocol'
import { formatShortDay } from '../model/format.ts'
import type { Release } from '../model/releases.ts'
import { total } from '../model/sums.ts'
import { type Chart, type Point, pointsOfDay } from './chart.ts'
import { colourOf, drawsCompared, lonePoints } from './drawn.ts'

const MS_PER_HALF_DAY = 43_200_000
const MAX_TICKS = 4
const MARGIN_RIGHT_PX = 4
const MIN_GAP_OF_RELEASES_PX = 34

/** Which day of a chart is at a place in its picture; undefined beside the days. */
export function dayIndexAt(chart: Chart, xPx: number, widthPx: number): number | undefined {
  const left = marginLeftPx(chart)
  const index = Math.floor(((xPx - left) / (widthPx - left - MARGIN_RIGHT_PX)) * chart.days.length)
  return chart.days[index] === undefined ? undefined : index
}

/** Where the middle of a day is in a picture. */
export function middayPx({ days, ...chart }: Chart, index: number, widthPx: number): number {
  const left = marginLeftPx(chart)
  return left + ((index + 0.5) * (widthPx - left - MARGIN_RIGHT_PX)) / days.length
}

function marginLeftPx({ show }: Pick<Chart, 'show'>): number {
  return show === 'share' ? 42 : 48
}

/** Draws bars or lines by day. The style sheet has the colours, so the picture follows the theme. */
export function plotChart(
  chart: Chart,
  { width, height, releases }: { width: number; height: number; releases: readonly Release[] },
): SVGSVGElement | HTMLElement {
  const { days, values, as } = chart
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) throw new RangeError('a chart without days cannot be drawn')
  const isShare = chart.show === 'share'
  const compared = drawsCompared(chart) ? comparedOnTheseDays(chart) : []
  // A count has no fractions.
  const ticks = isShare ? MAX_TICKS : Math.min(MAX_TICKS, Math.max(1, highestOf(chart)))
  const picture = plot({
    style: { fontSize: '12px' },
    width,
    height,
    marginLeft: marginLeftPx(chart),
    marginRight: MARGIN_RIGHT_PX,
    marginTop: releases.length > 0 ? 22 : 12,
    marginBottom: 26,
    x: { type: 'utc', label: null, domain: [dateOf(first), dateOf(addDays(last, 1))] },
    y: isShare
      ? { domain: as === 'lines' ? shareDomainOf([...chart.points, ...compared]) : [0, 1], label: null }
      : { zero: true, nice: ticks, label: null },
    color: { type: 'ordinal', domain: values, range: values.map((value) => colourOf(values, value)) },
    marks: [
      gridY({ ticks }),
      axisY({ ticks, tickSize: 0, tickFormat: isShare ? '.0%' : ',d' }),
      axisX(tickDays(days, width).map(middayOf), {
        tickSize: 4,
        tickFormat: (date: Date) => formatShortDay(date.toISOString().slice(0, 10)),
      }),
      ...(as === 'lines' ? lineMarks(chart, compared) : barMarks(chart, compared, width / days.length)),
      ...(as === 'lines' && isShare ? [] : [ruleY([0])]),
      ...releaseMarks(chart, width, releases),
    ],
  })
  // The box around it describes it in words.
  picture.setAttribute('aria-hidden', 'true')
  return picture
}

function lineMarks(chart: Chart, compared: Point[]): Markish[] {
  const place = { x: ({ day }: Point) => middayOf(day), y: heightIn(chart) }
  return [
    dashedLine(chart, compared),
    line(chart.points, { ...place, z: 'value', stroke: 'value' }),
    dot(lonePoints(chart), { ...place, fill: 'value' }),
  ]
}

function barMarks(chart: Chart, compared: Point[], dayPx: number): Markish[] {
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
    }),
    dashedLine(chart, compared),
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

/** A line with the version above it on each day on which a release was first seen. */
function releaseMarks({ days }: Chart, width: number, releases: readonly Release[]): Markish[] {
  const dayPx = width / days.length
  const drawn = releases.filter(({ day }) => days.includes(day))
  const named = drawn.filter(
    ({ day }, n) => n === 0 || daysBetween(drawn[n - 1]?.day ?? day, day) * dayPx >= MIN_GAP_OF_RELEASES_PX,
  )
  const x = ({ day }: Release) => middayOf(day)
  return [
    ruleX(drawn, { x, stroke: 'var(--quiet)', strokeDasharray: '2 3' }),
    text(named, { x, text: 'version', frameAnchor: 'top', dy: -14, fill: 'var(--text)', fontWeight: 600 }),
  ]
}

/** The points of what is compared, each moved to the day with the same place in this one. */
function comparedOnTheseDays(chart: Chart): Point[] {
  const { days, compared } = chart
  return days.flatMap((day, index) =>
    compared ? pointsOfDay(compared, chart, index).map((point) => ({ ...point, day })) : [],
  )
}

/** The largest number drawn above one day. */
function highestOf(chart: Chart): number {
  if (chart.as === 'lines') return Math.max(...chart.points.map(({ n }) => n))
  return Math.max(...chart.days.map((_, index) => total(pointsOfDay(chart, chart, index))))
}

/** Where an axis of shares begins and ends, so that small differences near all and near nothing can be seen. */
function shareDomainOf(points: readonly Point[]): [number, number] {
  const shares = points.flatMap(({ share }) => (share === undefined ? [] : [share]))
  const [lowest, highest] = [Math.min(1, ...shares), Math.max(0, ...shares)]
  if (highest < 0.5) return [0, Math.max(0.05, Math.ceil(highest * 20) / 20)]
  return [Math.min(0.9, Math.floor(lowest * 20) / 20), 1]
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
