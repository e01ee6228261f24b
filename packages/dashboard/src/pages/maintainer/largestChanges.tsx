import { idOf } from '../../charts/chart.ts'
import { largestChangesOf } from '../../charts/largestChanges.ts'
import { About } from '../../components/notes.tsx'
import { previousDays } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import { NOISE_RULE } from '../../model/noise.ts'
import type { Numbers } from '../../model/numbers.ts'
import { whyNoPrevious } from './unknown.tsx'

const TITLE = 'Largest changes'

/** What changed most on the previous period, each with a link to its chart; or why that is not known. */
export function LargestChanges({ numbers }: { numbers: Numbers }) {
  const lines = largestChangesOf(numbers)
  return (
    <section class="card changes" aria-labelledby="largest-changes">
      <div class="caption">
        <h2 id="largest-changes">
          {TITLE} {lines && <span class="unit">from {formatRange(previousDays(numbers.all.daily))}</span>}
        </h2>
        <About title={TITLE} notes={['Shows what to look at first.', NOISE_RULE]} />
      </div>
      {!lines && <p class="purpose">{whyNoPrevious(numbers)}</p>}
      {lines?.length === 0 && <p class="purpose">Nothing changed by more than chance explains.</p>}
      {lines && lines.length > 0 && (
        <ul>
          {lines.map(({ label, chart, changes }) => (
            <li key={label}>
              <a href={`#${idOf(chart)}`}>{label}</a>: {changes.join('; ')}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
