import { axisX, axisY, gridY, plot, rectY, ruleY } from '@observablehq/plot'
import { type Day, startOfDay } from '@voicemode-telemetry/protocol'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Chart, formatCount, formatDay, formatShare, type Point, summaryOf } from './charts.ts'

const HEIGHT_PX = 220
const MIN_WIDTH_PX = 240

/** One chart: its name, its purpose, the picture, and the same numbers as a table. */
export function ChartFigure({ chart }: { chart: Chart }) {
  const titleId = useId()
  return (
    <figure class={`card ${chart.show}`} aria-labelledby={titleId}>
      <figcaption>
        <h2 id={titleId}>
          {chart.title} <span class="unit">{chart.show === 'share' ? 'share per day' : 'per day'}</span>
        </h2>
        <p class="purpose">{chart.purpose}</p>
      </figcaption>
      {chart.show === 'share' && <Legend chart={chart} />}
      <Picture chart={chart} />
      <details>
        <summary>
          Numbers<span class="unseen"> of {chart.title} as a table</span>
        </summary>
        <NumbersTable chart={chart} />
      </details>
    </figure>
  )
}

/** The words with their colours and their shares over all days. */
function Legend({ chart }: { chart: Chart }) {
  return (
    <ul class="legend">
      {chart.totals.map(({ word, share }) => (
        <li key={word}>
          <span class="swatch" style={{ background: colourOf(chart, word) }} />
          {word} <strong>{formatShare(share)}</strong>
        </li>
      ))}
    </ul>
  )
}

function NumbersTable({ chart }: { chart: Chart }) {
  const isShare = chart.show === 'share'
  const title = `${chart.title} per UTC day`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table>
        <caption class="unseen">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            {chart.words.map((word) => (
              <th scope="col" key={word}>
                {word || chart.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chart.days.map((day, row) => (
            <tr key={day}>
              <th scope="row">{formatDay(day)}</th>
              {pointsOfDay(chart, row).map(({ word, n, share }) => (
                <td key={word}>
                  {formatCount(n)}
                  {isShare && <span class="part">{formatShare(share)}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function pointsOfDay(chart: Chart, row: number): Point[] {
  return chart.points.slice(row * chart.words.length, (row + 1) * chart.words.length)
}

function Picture({ chart }: { chart: Chart }) {
  const box = useRef<HTMLDivElement>(null)
  const widthPx = useWidth(box)
  useLayoutEffect(() => {
    if (widthPx > 0) box.current?.replaceChildren(draw(chart, Math.max(widthPx, MIN_WIDTH_PX)))
  }, [chart, widthPx])
  return (
    <div
      class="picture"
      ref={box}
      role="img"
      aria-label={summaryOf(chart)}
      style={{ minHeight: `${HEIGHT_PX}px` }}
    />
  )
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [widthPx, setWidthPx] = useState(0)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.floor(entry?.contentRect.width ?? 0)))
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [box])
  return widthPx
}

/** Bars by day, stacked by word. Colours are the style sheet's, so that they follow the theme by themselves. */
function draw(chart: Chart, width: number): SVGSVGElement | HTMLElement {
  const isShare = chart.show === 'share'
  const insetPx = width / chart.days.length > 12 ? 1 : 0.25
  return plot({
    style: { fontSize: '12px' },
    width,
    height: HEIGHT_PX,
    marginLeft: isShare ? 42 : 48,
    marginRight: 4,
    marginTop: 12,
    marginBottom: 34,
    x: { type: 'utc', label: null },
    y: isShare ? { domain: [0, 1], label: null } : { zero: true, nice: true, label: null },
    color: {
      type: 'ordinal',
      domain: chart.words,
      range: chart.words.map((word) => colourOf(chart, word)),
    },
    marks: [
      gridY({ ticks: 4 }),
      axisY({ ticks: 4, tickSize: 0, tickFormat: isShare ? '.0%' : ',d' }),
      axisX({ ticks: Math.max(2, Math.floor(width / 90)), tickSize: 4 }),
      rectY(chart.points, {
        x: (point: Point) => dateOf(point.day),
        y: isShare ? (point: Point) => point.share ?? 0 : 'n',
        interval: 'day',
        fill: 'word',
        order: chart.words,
        insetLeft: insetPx,
        insetRight: insetPx,
        title: describe,
        tip: true,
      }),
      ruleY([0]),
    ],
  })
}

function dateOf(day: Day): Date {
  return new Date(startOfDay(day))
}

function describe({ day, word, n, share }: Point): string {
  const what = word ? `${word}: ${formatShare(share)}, ${formatCount(n)} sessions` : formatCount(n)
  return `${formatDay(day)}\n${what}`
}

/** A word's colour: what is not named is grey, the named ones take the palette in the order of their words. */
function colourOf(chart: Chart, word: string): string {
  if (word === 'other' || word === 'unknown') return 'var(--series-rest)'
  return `var(--series-${(chart.words.indexOf(word) % 6) + 1})`
}
