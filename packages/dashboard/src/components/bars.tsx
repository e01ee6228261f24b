import { type Chart, formatTotal, type Total } from '../charts/chart.ts'
import { barsOf } from '../charts/drawn.ts'
import { ratio } from '../model/sums.ts'
import type { LinkValue } from './legend.tsx'

interface BarsProps {
  chart: Chart
  linkValue?: LinkValue | undefined
}

/** A bar for each value over all days, with a mark at the end of its bar in the previous period. */
export function Bars({ chart, linkValue = (_, children) => children }: BarsProps) {
  const { show, totals, previous } = chart
  const lengthOf = ({ n, share }: Total) => (show === 'share' ? share : n) ?? 0
  const longest = Math.max(...[...totals, ...(previous?.totals ?? [])].map(lengthOf))
  const percentOf = (total: Total) => `${100 * (ratio(lengthOf(total), longest) ?? 0)}%`
  return (
    <>
      {previous && (
        <p class="legend">
          <span>
            <span class="swatch mark" />
            previous period
          </span>
        </p>
      )}
      <ul class="bars">
        {barsOf(chart).map((total) => {
          const before = previous?.totals.find(({ value }) => value === total.value)
          return (
            <li key={total.value}>
              {linkValue(total.value, <span class="valueName">{total.value}</span>)}
              <span class="track">
                <span class="bar" style={{ width: percentOf(total) }} />
                {before && <span class="mark" style={{ left: percentOf(before) }} />}
              </span>
              <strong>{formatTotal(chart, total)}</strong>
              {before && (
                <span class="previous">
                  <span class="unseen">previously </span>
                  {formatTotal(chart, before)}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
