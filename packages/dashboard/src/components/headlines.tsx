import type { Headline } from '../charts/headlines.ts'

/** The numbers at the top of a page. */
export function Headlines({ headlines }: { headlines: readonly Headline[] }) {
  return (
    <dl class="headlines">
      {headlines.map(({ label, value, change, note, beside }) => (
        <div class="card" key={label}>
          <dt>{label}</dt>
          <dd class="value">{value}</dd>
          {change && <dd class="change">{change}</dd>}
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
