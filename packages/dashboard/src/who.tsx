import { fieldAt } from '@voicemode-telemetry/protocol'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Choice, type DayRange, segmentsUrl } from './address.ts'
import { fileName } from './catalogue.ts'
import { formatCount, formatShare } from './charts.ts'
import { formatRange } from './controls.tsx'
import type { Host } from './host.ts'
import { type Loaded, loadSegments } from './load.ts'
import { type Navigation, StateLink } from './navigation.tsx'
import { Downloads } from './numbersTable.tsx'
import { overallOf, type Segments, segmentTablesOf } from './segments.ts'

interface WhoProps {
  host: Host
  navigation: Navigation
  who: Choice
  days: DayRange
  /** Changes with every freshening of the page. */
  freshened: number
}

/** Whom a word comes from: how much of each version, system and assistant it is. */
export function Who({ host, navigation, who, days, freshened }: WhoProps) {
  const titleId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [loaded, setLoaded] = useState<Loaded<Segments>>()
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // Closing gives the focus back to the link that opened it.
    return () => element?.close()
  }, [])
  useEffect(() => {
    const abort = new AbortController()
    loadSegments(host.fetch, days, who, abort.signal).then((answer) => {
      if (!abort.signal.aborted) setLoaded(answer)
    })
    return () => abort.abort()
  }, [host, days.from, days.to, who.field, who.value, freshened])
  const close = () => navigation.go({ who: undefined })
  const field = fieldAt(who.field).label
  const name = `${who.field}-${who.value.replace(/[<>]/g, '')}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the escape key closes it too
    <dialog
      ref={dialog}
      class="who"
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
            {field}: {who.value} <span class="unit">who?</span>
          </h2>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
        <p class="purpose">
          The share of {who.value} in “{field}” by version, assistant and system, {formatRange(days)}.{' '}
          {navigation.state.filter && 'Everyone’s, whatever the filter.'}
        </p>
        {loaded?.outcome === 'loaded' ? (
          <Tables segments={loaded.value} navigation={navigation} />
        ) : (
          <p role="status">{loaded ? 'That could not be loaded.' : 'Loading …'}</p>
        )}
        <Downloads
          downloads={[
            {
              field: writeName(who),
              csv: { href: segmentsUrl(days, who, 'csv'), name: fileName(name, days, 'csv') },
              json: { href: segmentsUrl(days, who), name: fileName(name, days, 'json') },
            },
          ]}
        />
      </div>
    </dialog>
  )
}

function writeName({ field, value }: Choice): string {
  return `${field} ${value}`
}

function Tables({ segments, navigation }: { segments: Segments; navigation: Navigation }) {
  const tables = segmentTablesOf(segments)
  if (tables.length === 0) return <p class="nothing">Nothing was counted on these days.</p>
  const overall = overallOf(segments)
  const largest = Math.max(...tables.flatMap(({ rows }) => rows.map(({ share = 0 }) => share)))
  return (
    <>
      <p>
        In all: <strong>{formatShare(overall.share)}</strong>, {formatCount(overall.n)} of{' '}
        {formatCount(overall.of)}.
      </p>
      <div class="tables">
        {tables.map(({ field, label, rows }) => (
          <table key={field}>
            <thead>
              <tr>
                <th scope="col">{label}</th>
                <th scope="col">Share</th>
                <th scope="col">{segments.value} of all</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ value, n, of, share = 0 }) => (
                <tr key={value}>
                  <th scope="row">
                    <StateLink navigation={navigation} change={{ filter: { field, value }, who: undefined }}>
                      {value}
                    </StateLink>
                  </th>
                  <td class="share">
                    <span class="track">
                      <span class="bar" style={{ width: `${largest > 0 ? (100 * share) / largest : 0}%` }} />
                    </span>
                    {formatShare(share)}
                  </td>
                  <td>
                    {formatCount(n)} of {formatCount(of)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </>
  )
}
