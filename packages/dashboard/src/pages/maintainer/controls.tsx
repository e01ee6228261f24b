import type { Day } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { useEffect, useId, useState } from 'preact/hooks'
import { FIRST_DAY, previousDays, rangeBetween } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import type { Rows } from '../../model/numbers.ts'
import { RANGES_DAYS, THEMES, type Theme } from '../../model/pageState.ts'
import { FilterSelect } from './filterSelect.tsx'
import { type Navigation, StateLink } from './navigation.tsx'

interface ControlsProps {
  navigation: Navigation
  days: DayRange
  /** The last day that is over. */
  lastDay: Day
  /** The counts of all installations, with the values to filter by; undefined until they are loaded. */
  all: Rows | undefined
}

/** Everything that a reader can choose, except the theme. */
export function Controls({ navigation, days, lastDay, all }: ControlsProps) {
  const { state, go } = navigation
  return (
    <div class="controls">
      <nav class="segmented" aria-label="Range">
        {RANGES_DAYS.map((lastDays) => (
          <StateLink
            key={lastDays}
            navigation={navigation}
            change={{ range: { lastDays } }}
            isCurrent={'lastDays' in state.range && state.range.lastDays === lastDays}
          >
            {lastDays} days
          </StateLink>
        ))}
      </nav>
      <CustomRange days={days} lastDay={lastDay} go={go} />
      <FilterSelect filter={state.filter} all={all} go={go} />
      <nav class="segmented" aria-label="Show">
        {(['share', 'count'] as const).map((show) => (
          <StateLink key={show} navigation={navigation} change={{ show }} isCurrent={state.show === show}>
            {show === 'share' ? 'Share' : 'Count'}
          </StateLink>
        ))}
      </nav>
      <label class="check">
        <input
          type="checkbox"
          checked={state.compares}
          onChange={(event) => go({ compares: event.currentTarget.checked })}
        />
        Compare with the previous period, {formatRange(previousDays(days))}
      </label>
    </div>
  )
}

interface CustomRangeProps {
  days: DayRange
  lastDay: Day
  go: Navigation['go']
}

function CustomRange({ days, lastDay, go }: CustomRangeProps) {
  const [draft, setDraft] = useState(days)
  useEffect(() => setDraft(days), [days.from, days.to])
  return (
    <form
      class="customRange"
      aria-label="Custom range"
      onSubmit={(event) => {
        event.preventDefault()
        go({ range: rangeBetween(draft.from, draft.to) })
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
            onInput={(event) => setDraft({ ...draft, [end]: event.currentTarget.value })}
          />
        </label>
      ))}
      <button type="submit">Show</button>
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
