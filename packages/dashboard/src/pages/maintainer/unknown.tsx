import type { FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { previousDays } from '../../model/days.ts'
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
      {comparison(numbers)}
    </p>
  )
}

function comparison({ all: { daily, previous }, since }: Numbers): string {
  const before = `the previous period, ${formatRange(previousDays(daily))}`
  if (previous) return `▲ and ▼ compare with ${before}.`
  const first = formatDay(since)
  return since > daily.from
    ? `The server knows days from ${first} on: averages begin there, and there is no previous period for ▲ and ▼.`
    : `There is no ▲ or ▼: the server knows days from ${first} on, not all of ${before}.`
}
