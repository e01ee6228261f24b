import { idOf } from '../charts/chart.ts'
import type { Headline } from '../charts/headlines.ts'

/** The numbers at the top of a page. */
export function Headlines({ headlines }: { headlines: readonly Headline[] }) {
  return (
    <dl class="headlines">
      {headlines.map(({ label, value, change, note, beside, chart, isUnfiltered }) => (
        <div class={isUnfiltered ? 'card unfiltered' : 'card'} key={label}>
          <dt>{chart ? <a href={`#${idOf(chart)}`}>{label}</a> : label}</dt>
          <dd class="value">{value}</dd>
          {change && <dd class={/^[▲▼]/.test(change) ? 'change' : 'change unclear'}>{change}</dd>}
          {beside.map((text) => (
            <dd class="beside" key={text}>
              {text}
            </dd>
          ))}
          <dd class="note">{note}</dd>
        </div>
      ))}
    </dl>
  )
}
