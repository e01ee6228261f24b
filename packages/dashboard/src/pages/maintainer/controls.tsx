import type { Day } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { FIRST_DAY } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import type { Numbers } from '../../model/numbers.ts'
import {
  daysOf,
  type PageState,
  PRESETS,
  RANGES_DAYS,
  rangeProblem,
  THEMES,
  type Theme,
} from '../../model/pageState.ts'
import { CompareSelect, FilterSelect } from './filterSelect.tsx'
import { type Navigation, StateLink } from './navigation.tsx'

interface ControlsProps {
  navigation: Navigation
  days: DayRange
  /** The last day that is over. */
  lastDay: Day
  /** Undefined until they are loaded. */
  numbers: Numbers | undefined
}

const PRESET_LABELS = { 'last-week': 'Last week', 'last-month': 'Last month' } as const

/** Everything that a reader can choose, except the theme. On a phone one line tells it, and opens it. */
export function Controls({ navigation, days, lastDay, numbers }: ControlsProps) {
  const { state, go } = navigation
  const [isOpen, setOpen] = useState(false)
  const fold = useRef<HTMLButtonElement>(null)
  const id = useId()
  /** Folds them, so that what was asked for is in view. */
  const goToRange: Navigation['go'] = (change) => {
    go(change)
    setOpen(false)
    fold.current?.focus()
  }
  const all = numbers?.all.daily
  return (
    <section class="choices" aria-label="Choices">
      <button
        ref={fold}
        type="button"
        class="fold"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {[formatRange(days), state.filter?.value ?? 'all', state.show, against(state)]
          .filter(Boolean)
          .join(' · ')}
      </button>
      <div class={isOpen ? 'controls unfolded' : 'controls'} id={id}>
        <nav class="segmented" aria-label="Range">
          {RANGES.map(({ label, range }) => (
            <StateLink
              key={label}
              navigation={{ state, go: goToRange }}
              change={{ range }}
              title={formatRange(daysOf({ range }, lastDay))}
              isCurrent={JSON.stringify(state.range) === JSON.stringify(range)}
            >
              {label}
            </StateLink>
          ))}
        </nav>
        <CustomRange days={days} lastDay={lastDay} go={goToRange} />
        <FilterSelect filter={state.filter} all={all} go={go} />
        <CompareSelect compare={state.compare} all={all} days={days} go={go} />
        <nav class="segmented" aria-label="Show">
          {(['share', 'count'] as const).map((show) => (
            <StateLink key={show} navigation={navigation} change={{ show }} isCurrent={state.show === show}>
              {show === 'share' ? 'Share' : 'Count'}
            </StateLink>
          ))}
        </nav>
      </div>
    </section>
  )
}

function against({ compare }: PageState): string | undefined {
  return compare && `against ${compare === 'previous' ? 'the previous period' : compare.value}`
}

const RANGES: { label: string; range: PageState['range'] }[] = [
  ...RANGES_DAYS.map((lastDays) => ({ label: `${lastDays} days`, range: { lastDays } })),
  ...PRESETS.map((preset) => ({ label: PRESET_LABELS[preset], range: { preset } })),
]

interface CustomRangeProps {
  days: DayRange
  lastDay: Day
  go: Navigation['go']
}

function CustomRange({ days, lastDay, go }: CustomRangeProps) {
  const [draft, setDraft] = useState(days)
  const [problem, setProblem] = useState<string>()
  const id = useId()
  useEffect(() => {
    setDraft(days)
    setProblem(undefined)
  }, [days.from, days.to])
  return (
    <form
      class="customRange"
      aria-label="Custom range"
      onSubmit={(event) => {
        event.preventDefault()
        const found = rangeProblem(draft)
        setProblem(found)
        if (!found) go({ range: draft })
      }}
    >
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          <span>{end === 'from' ? 'From' : 'to'}</span>
          <input
            type="date"
            required
            min={FIRST_DAY}
            max={lastDay}
            value={draft[end]}
            aria-describedby={problem && id}
            onInput={(event) => setDraft({ ...draft, [end]: event.currentTarget.value })}
          />
        </label>
      ))}
      <button type="submit">Show</button>
      {problem && (
        <p id={id} role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}

const THEME_LABELS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' }

/** Chooses between light and dark. */
export function ThemeSelect({ state, go }: Navigation) {
  const id = useId()
  return (
    <div class="theme">
      <label for={id}>Theme</label>
      <select
        id={id}
        value={state.theme}
        onChange={({ currentTarget: { value } }) =>
          go({ theme: THEMES.find((theme) => theme === value) ?? 'system' })
        }
      >
        {THEMES.map((theme) => (
          <option key={theme} value={theme}>
            {THEME_LABELS[theme]}
          </option>
        ))}
      </select>
    </div>
  )
}
