import type { Day } from '@voicemode-telemetry/protocol'
import { useId } from 'preact/hooks'
import { idOf } from '../../charts/chart.ts'
import { largestChangesOf } from '../../charts/largestChanges.ts'
import { About } from '../../components/notes.tsx'
import { canStillGrow, MAX_LATE_DAYS, previousDays } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import { NOISE_RULE } from '../../model/noise.ts'
import type { Numbers } from '../../model/numbers.ts'
import { type Navigation, StateLink } from './navigation.tsx'
import { whyNoPrevious } from './unknown.tsx'

export const CHANGES_TITLE = 'Largest changes'

interface LargestChangesProps {
  numbers: Numbers
  navigation: Navigation
  /** The last day that is over. */
  lastDay: Day
}

/** What changed most on the previous period, each with a link to its chart; or why that is not known. */
export function LargestChanges({ numbers, navigation, lastDay }: LargestChangesProps) {
  const { range } = navigation.state
  const titleId = useId()
  const lines = largestChangesOf(numbers)
  return (
    <section id={idOf(CHANGES_TITLE)} class="card changes" aria-labelledby={titleId}>
      <div class="caption">
        <h2 id={titleId}>
          {CHANGES_TITLE}{' '}
          {lines && <span class="unit">from {formatRange(previousDays(numbers.all.daily))}</span>}
        </h2>
        <About title={CHANGES_TITLE} notes={['Shows what to look at first.', NOISE_RULE]} />
        {canStillGrow(numbers.all.daily, lastDay) && (
          <p class="purpose">
            Events may arrive up to {MAX_LATE_DAYS} days late: the numbers of the last days can still grow.
          </p>
        )}
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
      {!('preset' in range && range.preset === 'last-week') && (
        <StateLink navigation={navigation} change={{ range: { preset: 'last-week' } }}>
          What changed last week
        </StateLink>
      )}
    </section>
  )
}
