import type { FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { formatDay } from '../../model/format.ts'
import { missingDays } from '../../model/missingDays.ts'
import type { Numbers } from '../../model/numbers.ts'

interface UnknownProps {
  numbers: Numbers
  filter: FieldValue | undefined
}

/** What the numbers that are shown leave out, and why. */
export function Unknown({ numbers: { all, shown, since }, filter }: UnknownProps) {
  const missing = missingDays(all.daily, shown.daily, filter)
  const last = missing.at(-1)
  return (
    <>
      {since > all.daily.from && `The server knows days from ${formatDay(since)} on; averages begin there. `}
      {filter && shown.daily.counts.length === 0 && !last && 'No such installation reported on these days. '}
      {last &&
        `${missing.length} days up to ${formatDay(last)} have no numbers with this filter: it was too rare, or not counted yet. `}
    </>
  )
}
