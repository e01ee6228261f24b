import type { ComponentChildren } from 'preact'
import { barsOf, type Chart, formatTotal } from '../charts/chart.ts'

interface BarsProps {
  chart: Chart
  linkWord?: ((word: string, children: ComponentChildren) => ComponentChildren) | undefined
}

/** The words over all days, one bar each; under a comparison with a mark where the bar ended before. */
export function Bars({ chart, linkWord = (_, children) => children }: BarsProps) {
  const { show, totals, before } = chart
  const lengthOf = ({ n, share }: { n: number; share: number | undefined }) =>
    (show === 'share' ? share : n) ?? 0
  const longest = Math.max(...[...totals, ...(before?.totals ?? [])].map(lengthOf))
  const percent = (value: number) => `${longest > 0 ? (100 * value) / longest : 0}%`
  return (
    <>
      {before && (
        <p class="legend">
          <span>
            <span class="swatch mark" />
            days before
          </span>
        </p>
      )}
      <ul class="bars">
        {barsOf(chart).map((total) => {
          const was = before?.totals.find(({ word }) => word === total.word)
          return (
            <li key={total.word}>
              {linkWord(total.word, <span class="word">{total.word}</span>)}
              <span class="track">
                <span class="bar" style={{ width: percent(lengthOf(total)) }} />
                {was && <span class="mark" style={{ left: percent(lengthOf(was)) }} />}
              </span>
              <strong>{formatTotal(chart, total)}</strong>
              {was && (
                <span class="was">
                  <span class="unseen">before </span>
                  {formatTotal(chart, was)}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
