import type { FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { formatDay } from '../../model/format.ts'
import type { Numbers } from '../../model/numbers.ts'

interface UnknownProps {
  numbers: Numbers
  filter: FieldValue | undefined
}

/** What the numbers that are shown leave out, and why. */
export function Unknown({ numbers: { all, shown, since }, filter }: UnknownProps) {
  const reported = new Set(shown.daily.counts.map(({ day }) => day))
  const counted = all.daily.counts.filter(
    ({ field, value }) => field === filter?.field && value === filter.value,
  )
  const missing = new Set(counted.map(({ day }) => day).filter((day) => !reported.has(day)))
  const last = [...missing].sort().at(-1)
  return (
    <>
      {since > all.daily.from && `The server knows days from ${formatDay(since)} on; averages begin there. `}
      {filter && reported.size === 0 && missing.size === 0 && 'No such installation reported on these days. '}
      {last &&
        `${missing.size} days up to ${formatDay(last)} have no numbers with this filter: it was too rare, or not counted yet. `}
    </>
  )
}
