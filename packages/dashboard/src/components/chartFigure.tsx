import { axisX, axisY, gridY, line, plot, pointerX, rectY, ruleY, tip } from '@observablehq/plot'
import { addDays, type Day, daysBetween, startOfDay } from '@voicemode-telemetry/protocol'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import {
  type Chart,
  drawnChart,
  drawsBefore,
  formatTotal,
  isEmpty,
  type Point,
  REST,
  summaryOf,
} from '../charts/chart.ts'
import { formatCount, formatDay, formatShare, formatShortDay } from '../model/format.ts'
import { Bars } from './bars.tsx'
import { type Download, NumbersTable } from './numbersTable.tsx'

const MIN_HEIGHT_PX = 200
const MIN_WIDTH_PX = 240
const MS_PER_HALF_DAY = 43_200_000

interface ChartFigureProps {
  chart: Chart
  /** The level of its heading. */
  heading?: 'h2' | 'h3'
  /** What its reader must know beside. */
  notes?: readonly string[]
  downloads?: readonly Download[]
  /** Makes a word a link to more about it; undefined for a word of which there is no more. */
  linkWord?: (word: string, children: ComponentChildren) => ComponentChildren
  /** Whether it takes half of a wide page, not a third. */
  isWide?: boolean
}

/** One chart: its name, its purpose, the picture, and the same numbers as a table. */
export function ChartFigure(props: ChartFigureProps) {
  const { chart, heading: Heading = 'h2', notes = [], downloads = [], isWide } = props
  const titleId = useId()
  const isOfDays = chart.as === 'stack' || chart.as === 'lines'
  const isNothing = isEmpty(chart)
  return (
    <figure class={`card ${chart.show}${isWide ? ' half' : ''}`} aria-labelledby={titleId}>
      <figcaption>
        <Heading id={titleId}>
          {chart.title} <span class="unit">{unitOf(chart)}</span>
        </Heading>
        <p class="purpose">{chart.purpose}</p>
        {notes.map((note) => (
          <p class="purpose" key={note}>
            {note}
          </p>
        ))}
      </figcaption>
      <div class="body">
        {isNothing ? (
          <p class="nothing">Nothing was counted on these days.</p>
        ) : isOfDays ? (
          <>
            <Legend {...props} />
            <Picture chart={drawnChart(chart)} summary={summaryOf(chart)} />
          </>
        ) : (
          <Bars chart={chart} linkWord={props.linkWord} />
        )}
      </div>
      <details>
        <summary>
          Numbers<span class="unseen"> of {chart.title} as a table</span>
        </summary>
        <NumbersTable chart={chart} downloads={downloads} />
      </details>
    </figure>
  )
}

function unitOf({ as, show, unit }: Chart): string {
  if (as === 'lines') return 'per day'
  if (as === 'stack') return show === 'share' ? 'share per day' : 'per day'
  const of = show === 'share' ? `share of ${unit}` : unit
  return unit === 'installations' && show === 'count' ? `${of} on an average day` : of
}

/** The words with their colours and how much of all days is theirs; under a comparison what was before. */
function Legend({ chart, linkWord = (_, children) => children }: ChartFigureProps) {
  const { words, totals, before, as, unit, show } = drawnChart(chart)
  const hasTotals = as === 'stack'
  const each = show === 'count' && unit === 'installations' ? ' a day' : ''
  if (words[0] === '' && !before) return <div class="legend" />
  return (
    <ul class="legend">
      {words[0] !== '' &&
        totals.map((total, n) => {
          const was = before?.totals[n]
          const name = <span class="word">{total.word}</span>
          return (
            <li key={total.word}>
              <span class={`swatch ${as}`} style={{ background: colourOf(words, total.word) }} />
              {total.word === REST ? name : linkWord(total.word, name)}
              {hasTotals && <strong> {formatTotal(chart, total) + each}</strong>}
              {hasTotals && was && <span class="was"> before {formatTotal(chart, was) + each}</span>}
            </li>
          )
        })}
      {drawsBefore(chart) && (
        <li>
          <span class="swatch dashed" />
          days before
        </li>
      )}
    </ul>
  )
}

function Picture({ chart, summary }: { chart: Chart; summary: string }) {
  const box = useRef<HTMLDivElement>(null)
  const { widthPx, heightPx } = useSize(box)
  // A chart that is made anew of the same numbers is the same picture.
  const numbers = JSON.stringify(chart)
  useLayoutEffect(() => {
    if (widthPx === 0) return
    box.current?.replaceChildren(draw(chart, Math.max(widthPx, MIN_WIDTH_PX), heightPx))
  }, [numbers, widthPx, heightPx])
  return (
    <div
      class="picture"
      ref={box}
      role="img"
      aria-label={summary}
      style={{ minHeight: `${MIN_HEIGHT_PX}px` }}
    />
  )
}

function useSize(box: { current: HTMLElement | null }): { widthPx: number; heightPx: number } {
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 })
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      setSize({ widthPx: Math.floor(width), heightPx: Math.floor(height) })
    })
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [box])
  return size
}

/** Bars or lines by day. Colours are the style sheet's, so that they follow the theme by themselves. */
function draw(chart: Chart, width: number, height: number): SVGSVGElement | HTMLElement {
  const { days, words, points, as } = chart
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last) throw new RangeError('a chart without days cannot be drawn')
  const isShare = chart.show === 'share'
  const heightOf = (point: Point) => (isShare ? point.share : point.n)
  const before = drawsBefore(chart) ? shiftTo(days, chart) : []
  const dashed = line(before, {
    x: middayOf,
    y: heightOf,
    z: 'word',
    stroke: words.length > 1 ? 'word' : 'var(--quiet)',
    strokeWidth: 1.5,
    strokeDasharray: '5 4',
  })
  // A count has no halves.
  const ticks = isShare ? 4 : Math.min(4, highestOf(chart))
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
      ? { domain: [as === 'lines' ? lowestOf([...points, ...before]) : 0, 1], label: null }
      : { zero: true, nice: true, label: null },
    color: { type: 'ordinal', domain: words, range: words.map((word) => colourOf(words, word)) },
    marks: [
      gridY({ ticks }),
      axisY({ ticks, tickSize: 0, tickFormat: isShare ? '.0%' : ',d' }),
      axisX(ticksOf(days, width).map(middayOfDay), {
        tickSize: 4,
        tickFormat: (date: Date) => formatShortDay(date.toISOString().slice(0, 10)),
      }),
      ...(as === 'lines'
        ? [
            dashed,
            line(points, {
              x: middayOf,
              y: heightOf,
              z: 'word',
              stroke: 'word',
              strokeWidth: 2.25,
              marker: days.length < 16,
            }),
            tip(points, pointerX({ x: middayOf, y: heightOf, title: describe(chart) })),
          ]
        : [
            rectY(points, {
              x: (point: Point) => dateOf(point.day),
              y: (point: Point) => heightOf(point) ?? 0,
              interval: 'day',
              fill: 'word',
              order: words,
              ...insetOf(width / days.length),
              title: describe(chart),
              tip: true,
            }),
            dashed,
          ]),
      ...(as === 'lines' && isShare ? [] : [ruleY([0])]),
    ],
  })
  // The box around it says in words what it shows.
  picture.setAttribute('aria-hidden', 'true')
  return picture
}

/** The points of the days before, each moved to the day beside which it stands. */
function shiftTo(days: readonly Day[], { words, before }: Chart): Point[] {
  return (before?.points ?? []).map((point, n) => ({
    ...point,
    day: days[Math.floor(n / words.length)] ?? point.day,
  }))
}

/** The most that is drawn above one day. */
function highestOf({ as, days, words, points }: Chart): number {
  if (as === 'lines') return Math.max(...points.map(({ n }) => n))
  const sums = days.map((_, day) =>
    points.slice(day * words.length, (day + 1) * words.length).reduce((sum, { n }) => sum + n, 0),
  )
  return Math.max(...sums)
}

/** Where an axis of shares begins, so that small differences near the top are seen. */
function lowestOf(points: readonly Point[]): number {
  const lowest = Math.min(1, ...points.map(({ share }) => share ?? 1))
  return Math.min(0.9, Math.floor(lowest * 20) / 20)
}

function insetOf(dayPx: number): { insetLeft: number; insetRight: number } {
  const px = dayPx > 60 ? dayPx / 6 : dayPx > 12 ? 1 : 0.25
  return { insetLeft: px, insetRight: px }
}

const A_MONDAY: Day = '2026-01-05'
const TICK_WIDTH_PX = 48

/** The days that have a tick: as many as fit, and Mondays where they can't be next to each other. */
function ticksOf(days: readonly Day[], width: number): Day[] {
  const most = Math.max(2, Math.floor((width - 52) / TICK_WIDTH_PX))
  const step = [1, 2, 7, 14, 28, 56].find((every) => days.length / every <= most) ?? 112
  return days.filter((day) => daysBetween(A_MONDAY, day) % step === 0)
}

function dateOf(day: Day): Date {
  return new Date(startOfDay(day))
}

function middayOfDay(day: Day): Date {
  return new Date(startOfDay(day) + MS_PER_HALF_DAY)
}

function middayOf({ day }: Point): Date {
  return middayOfDay(day)
}

function describe({ unit }: Chart): (point: Point) => string {
  return ({ day, word, n, share }) => {
    const what = word ? `${word}: ${formatShare(share)}, ` : ''
    return `${formatDay(day)}\n${what}${formatCount(n)} ${unit}`
  }
}

/** A word's colour: what is not named is grey, the named ones take the palette in the order of their words. */
function colourOf(words: readonly string[], word: string): string {
  if (word === 'unknown' && words.includes('other')) return 'var(--series-rest-2)'
  if (word === 'other' || word === 'unknown' || word === REST) return 'var(--series-rest)'
  return `var(--series-${(words.indexOf(word) % 6) + 1})`
}
