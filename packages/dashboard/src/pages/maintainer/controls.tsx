import { addDays, FIELDS, fieldAt } from '@voicemode-telemetry/protocol'
import { useEffect, useId, useState } from 'preact/hooks'
import type { DailyCounts } from '../../api/dailyCounts.ts'
import {
  type Choice,
  type DayRange,
  daysBefore,
  FILTER_FIELDS,
  FIRST_DAY,
  isWordOf,
  laterOf,
  MAX_RANGE_DAYS,
  type PageState,
  RANGES_DAYS,
  THEMES,
  type Theme,
  writeChoice,
} from '../../model/address.ts'
import { compareVersions } from '../../model/derivedCounts.ts'
import { formatDay } from '../../model/format.ts'
import { type Navigation, StateLink } from './navigation.tsx'

interface ControlsProps {
  navigation: Navigation
  days: DayRange
  /** The last day that can be asked for. */
  lastDay: string
  /** What a filter can choose from; undefined while nothing is loaded. */
  everyone: DailyCounts | undefined
}

/** All that a person can ask of the page. */
export function Controls({ navigation, days, lastDay, everyone }: ControlsProps) {
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
      <OwnRange days={days} lastDay={lastDay} go={go} />
      <FilterSelect state={state} everyone={everyone} go={go} />
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
        Compare with {formatRange(daysBefore(days))}
      </label>
    </div>
  )
}

function OwnRange({ days, lastDay, go }: { days: DayRange; lastDay: string; go: Navigation['go'] }) {
  const [draft, setDraft] = useState(days)
  useEffect(() => setDraft(days), [days.from, days.to])
  return (
    <form
      class="own"
      aria-label="Own range"
      onSubmit={(event) => {
        event.preventDefault()
        const [from = days.from, to = days.to] = [draft.from, draft.to].sort()
        go({ range: { from: laterOf(from, addDays(to, 1 - MAX_RANGE_DAYS)), to } })
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

interface FilterSelectProps {
  state: PageState
  everyone: DailyCounts | undefined
  go: Navigation['go']
}

function FilterSelect({ state: { filter }, everyone, go }: FilterSelectProps) {
  const id = useId()
  return (
    <div class="filter">
      <label for={id}>Whose</label>
      <select
        id={id}
        value={filter ? writeChoice(filter) : ''}
        onChange={(event) => {
          const [field = '', value = ''] = event.currentTarget.value.split(':')
          go({ filter: field ? { field, value } : undefined })
        }}
      >
        <option value="">Everyone’s</option>
        {FILTER_FIELDS.map((field) => (
          <optgroup key={field} label={fieldAt(field).label}>
            {filterWords(field, filter, everyone).map((value) => (
              <option key={value} value={writeChoice({ field, value })}>
                {value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  )
}

/** The words that occur and that the server knows by themselves, and the one that is chosen. */
function filterWords(field: string, filter: Choice | undefined, everyone: DailyCounts | undefined): string[] {
  const rows = everyone?.counts.filter((row) => row.field === field) ?? []
  const seen = new Set(rows.map(({ value }) => value).filter((value) => isWordOf(field, value)))
  if (filter?.field === field) seen.add(filter.value)
  const order = FIELDS.find(({ path }) => path === field)?.words ?? []
  return [...seen].sort((a, b) => order.indexOf(a) - order.indexOf(b) || compareVersions(a, b))
}

const THEME_LABELS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' }

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

/** `21 Oct 2026 – 19 Nov 2026`. */
export function formatRange({ from, to }: DayRange): string {
  return from === to ? formatDay(from) : `${formatDay(from)} – ${formatDay(to)}`
}
