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
import { Downloads } from '../../components/downloads.tsx'
import type { Host } from '../../host.ts'
import { formatRange } from '../../model/format.ts'
import { BreakdownTables } from './breakdownTables.tsx'
import type { Navigation } from './navigation.tsx'

interface BreakdownProps {
  host: Host
  navigation: Navigation
  of: FieldValue
  days: DayRange
  /** Loads again when it changes. */
  refreshes: number
}

/** A dialog with the share of one value in each version, assistant and system. */
export function Breakdown({ host, navigation, of, days, refreshes }: BreakdownProps) {
  const titleId = useId()
  const dialog = useDialog()
  const loaded = useSegments(host, of, days, refreshes)
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
          The share of {of.value} in “{label}”, by version, assistant and system, for {formatRange(days)}.{' '}
          {navigation.state.filter && 'The filter does not apply here.'}
        </p>
        {loaded?.outcome === 'loaded' ? (
          <BreakdownTables segments={loaded.value} navigation={navigation} />
        ) : (
          <p role="status">{loaded ? 'The breakdown could not be loaded.' : 'Loading …'}</p>
        )}
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
