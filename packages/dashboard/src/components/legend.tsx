import type { ComponentChildren } from 'preact'
import { type Chart, changeOfTotal, formatTotal } from '../charts/chart.ts'
import { colourOf, drawsCompared, REST } from '../charts/drawn.ts'

/** Makes a value a link. Values without a link stay as they are. */
export type LinkValue = (value: string, children: ComponentChildren) => ComponentChildren

interface LegendProps {
  /** As {@link drawnChart} makes it. */
  chart: Chart
  linkValue?: LinkValue | undefined
}

/** The values with their colours; for a stack their totals too. */
export function Legend({ chart, linkValue = (_, children) => children }: LegendProps) {
  const { values, totals, compared, as, unit, show } = chart
  const hasTotals = as === 'stack'
  const isNamed = values[0] !== ''
  const each = show === 'count' && unit === 'installations' ? ' per day' : ''
  if (!isNamed && !compared) return <div class="legend" />
  return (
    <ul class="legend">
      {isNamed &&
        totals.map((total, n) => {
          const before = compared?.totals[n]
          const name = <span class="valueName">{total.value}</span>
          return (
            <li key={total.value}>
              <span class={`swatch ${as}`} style={{ background: colourOf(values, total.value) }} />
              {total.value === REST ? name : linkValue(total.value, name)}
              {hasTotals && <strong> {formatTotal(chart, total) + each}</strong>}
              {hasTotals && (
                <span class="previous">
                  {' '}
                  {before
                    ? `${compared?.label}: ${formatTotal(chart, before)}${each}`
                    : changeOfTotal(chart, total)}
                </span>
              )}
            </li>
          )
        })}
      {drawsCompared(chart) && (
        <li>
          <span class="swatch dashed" />
          {compared?.label}
        </li>
      )}
    </ul>
  )
}
