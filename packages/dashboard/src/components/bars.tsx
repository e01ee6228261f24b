import { wholeOf } from '@voicemode-telemetry/protocol/wire/charts'
import { type Chart, changeOfTotal, formatTotal, type Total } from '../charts/chart.ts'
import { barsOf } from '../charts/drawn.ts'
import { ratio } from '../model/sums.ts'
import type { LinkValue } from './legend.tsx'

interface BarsProps {
  chart: Chart
  linkValue?: LinkValue | undefined
}

/** A bar for each value over all days, with a mark at the end of its bar in what is compared. */
export function Bars({ chart, linkValue = (_, children) => children }: BarsProps) {
  const { show, totals, compared, field } = chart
  const lengthOf = ({ n, share }: Total) => (show === 'share' ? share : n) ?? 0
  // A share of its own field is a part of 100 %, and so is its bar. Failed calls are few of all calls.
  const longest =
    show === 'share' && wholeOf(field) === field
      ? 1
      : Math.max(...[...totals, ...(compared?.totals ?? [])].map(lengthOf))
  const percentOf = (total: Total) => `${100 * (ratio(lengthOf(total), longest) ?? 0)}%`
  return (
    <>
      {compared && (
        <p class="legend">
          <span>
            <span class="swatch mark" />
            {compared.label}
          </span>
        </p>
      )}
      <ul class="bars">
        {barsOf(chart).map((total) => {
          const before = compared?.totals.find(({ value }) => value === total.value)
          return (
            <li key={total.value}>
              {linkValue(total.value, <span class="valueName">{total.value}</span>)}
              <span class="track">
                <span class="bar" style={{ width: percentOf(total) }} />
                {before && <span class="mark" style={{ left: percentOf(before) }} />}
              </span>
              <strong>{formatTotal(chart, total)}</strong>
              <span class="previous">
                {before ? (
                  <>
                    <span class="unseen">{compared?.label} </span>
                    {formatTotal(chart, before)}
                  </>
                ) : (
                  changeOfTotal(chart, total)
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
