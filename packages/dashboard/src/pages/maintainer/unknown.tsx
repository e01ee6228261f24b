import { addDays, type Day } from '@voicemode-telemetry/protocol'
import type { DayRange, FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { newnessFrom, previousDays } from '../../model/days.ts'
import { formatDay, formatRange } from '../../model/format.ts'
import { missingDays } from '../../model/missingDays.ts'
import type { Numbers } from '../../model/numbers.ts'

interface UnknownProps {
  numbers: Numbers
  filter: FieldValue | undefined
}

/** What the numbers that are shown leave out and what they are compared with. */
export function Unknown({ numbers, filter }: UnknownProps) {
  const { all, shown } = numbers
  const missing = missingDays(all.daily, shown.daily, filter)
  const last = missing.at(-1)
  if (all.daily.counts.length === 0) return null
  return (
    <p class="days">
      Only installations that opted in are counted: every total is a lower bound, not a full count.{' '}
      {filter && shown.daily.counts.length === 0 && !last && 'No such installation reported on these days. '}
      {last &&
        `${missing.length} days up to ${formatDay(last)} have no numbers with this filter: it was too rare, or not counted yet. `}
      {shown.previous && comparison(shown.previous, numbers.since)}
    </p>
  )
}

/** Why nothing is compared with the previous period; undefined where it is. */
export function whyNoPrevious({ all, shown, since }: Numbers): string | undefined {
  if (shown.previous) return undefined
  const before = `the previous period, ${formatRange(previousDays(all.daily))}`
  if (all.previous)
    return `There is no ▲ or ▼: on some days of ${before}, or of this one, this filter has no numbers.`
  const first = formatDay(addDays(since, 1))
  return since >= all.daily.from
    ? `The server knows whole days from ${first} on: averages begin there, and there is no previous period for ▲ and ▼.`
    : `There is no ▲ or ▼: the server knows whole days from ${first} on, not all of ${before}.`
}

function comparison(previous: DayRange, since: Day): string {
  const isYoung = previous.from < newnessFrom(since)
  return `▲ and ▼ compare with the previous period, ${formatRange(previous)}; ≈ is a change that may be chance.${
    isYoung ? ' The server was in its first 30 days then, when installations were still joining.' : ''
  }`
}
