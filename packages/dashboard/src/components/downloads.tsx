import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'

/** The server's rows as files. */
export interface Download {
  label: string
  /** The name of the files, without days and ending. */
  name: string
  days: DayRange
  csv: string
  json: string
}

/** Links to the files of some downloads. */
export function Downloads({ downloads }: { downloads: readonly Download[] }) {
  if (downloads.length === 0) return null
  return (
    <ul class="downloads">
      {downloads.map(({ label, name, days: { from, to }, csv, json }) => (
        <li key={label}>
          <code>{label}</code>{' '}
          <a href={csv} download={`${name}-${from}-${to}.csv`}>
            CSV<span class="unseen"> of {label}</span>
          </a>{' '}
          <a href={json} download={`${name}-${from}-${to}.json`}>
            JSON<span class="unseen"> of {label}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
