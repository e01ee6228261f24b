import { fieldAt, readJsonAs } from '@voicemode-telemetry/protocol'
import {
  type DayRange,
  type FieldValue,
  type Segments,
  segmentsSchema,
  writeFieldValue,
} from '@voicemode-telemetry/protocol/wire/charts'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { segmentsUrl } from '../../api/counts.ts'
import { type Loaded, load } from '../../api/load.ts'
import { chartOf, isEmpty } from '../../charts/chart.ts'
import { drawnChart } from '../../charts/drawn.ts'
import { summaryOf } from '../../charts/summary.ts'
import { Downloads } from '../../components/downloads.tsx'
import { Picture } from '../../components/picture.tsx'
import type { Host } from '../../host.ts'
import { TREND_FIELD, TREND_REST, trendOf, wholeUnitOf } from '../../model/breakdown.ts'
import { previousDays } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import type { Numbers } from '../../model/numbers.ts'
import { releasesIn } from '../../model/releases.ts'
import { BreakdownTables } from './breakdownTables.tsx'
import type { Navigation } from './navigation.tsx'

interface BreakdownProps {
  host: Host
  navigation: Navigation
  of: FieldValue
  days: DayRange
  numbers: Numbers
  /** Loads again when it changes. */
  refreshes: number
}

/** A dialog with the share of one value in each version, assistant, system and so on, and its trend. */
export function Breakdown({ host, navigation, of, days, numbers, refreshes }: BreakdownProps) {
  const titleId = useId()
  const dialog = useDialog()
  const now = useSegments(host, of, days, refreshes)
  const before = useSegments(host, of, previousDays(days), refreshes)
  const previous = numbers.all.previous && before?.outcome === 'loaded' ? before.value : undefined
  const isFailure = of.field === 'usage.failed_steps'
  const close = () => navigation.go({ breakdown: undefined })
  const { label } = fieldAt(of.field)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the escape key closes it too
    <dialog
      ref={dialog}
      class="breakdown"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <div class="inside">
        <div class="top">
          <h2 id={titleId}>
            {label}: {of.value} <span class="unit">breakdown</span>
          </h2>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
        <p class="purpose">
          {isFailure
            ? `The share of all calls that failed at ${of.value}`
            : `The share of ${of.value} in “${label}”`}
          , for {formatRange(days)}. {navigation.state.filter && 'The filter does not apply here.'}
        </p>
        {now?.outcome === 'loaded' ? (
          <BreakdownTables
            field={of.field}
            value={of.value}
            now={now.value}
            previous={previous}
            navigation={navigation}
          />
        ) : (
          <p role="status">{now ? 'The breakdown could not be loaded.' : 'Loading …'}</p>
        )}
        <Trend numbers={numbers} of={of} />
        <Downloads
          downloads={[
            {
              label: writeFieldValue(of),
              name: `${of.field}-${of.value.replace(/[<>]/g, '')}`,
              days,
              csv: segmentsUrl(days, of, 'csv'),
              json: segmentsUrl(days, of),
            },
          ]}
        />
      </div>
    </dialog>
  )
}

/** The share by day. */
function Trend({ numbers, of }: Pick<BreakdownProps, 'numbers' | 'of'>) {
  const spec = {
    field: TREND_FIELD,
    title: `Share of ${of.value}`,
    purpose: 'Shows how the share goes on.',
    values: [of.value, TREND_REST],
    drawn: [of.value],
    show: 'share',
    as: 'lines',
  } as const
  const { daily, previous } = numbers.all
  const chart = chartOf(trendOf(daily, of), spec, previous && { previous: trendOf(previous, of) })
  if (isEmpty(chart)) return null
  return (
    <div class="trend">
      <h3>
        Trend <span class="unit">share of {wholeUnitOf(of.field)} per day</span>
      </h3>
      <Picture chart={drawnChart(chart)} summary={summaryOf(chart)} releases={releasesIn(numbers.all)} />
    </div>
  )
}

/** Opens the dialog while it is shown. Closing it gives the focus back to the link that opened it. */
function useDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return dialog
}

function useSegments(host: Host, of: FieldValue, days: DayRange, refreshes: number) {
  const [loaded, setLoaded] = useState<Loaded<Segments>>()
  const url = segmentsUrl(days, of)
  useEffect(() => {
    const abort = new AbortController()
    load(host.fetch, url, (text) => readJsonAs(segmentsSchema, text), abort.signal).then((answer) => {
      if (!abort.signal.aborted) setLoaded(answer)
    })
    return () => abort.abort()
  }, [host, url, refreshes])
  return loaded
}
