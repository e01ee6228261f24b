import { useId, useRef, useState } from 'preact/hooks'
import { type DailyCounts, formatCount, formatDay } from '../charts.ts'
import type { PublicReport, ReportTable, ViewData } from './data.ts'
import { type Loaded, loadReport } from './load.ts'
import { compare } from './own.ts'

/** The newest public report beside one's own shares. It is asked for on a click and not before. */
export function PublicReportSection({
  own,
  status: { endpoint_host: host },
  fetch,
}: {
  own: DailyCounts
  status: ViewData['status']
  fetch: typeof globalThis.fetch
}) {
  const [loaded, setLoaded] = useState<Loaded<PublicReport>>()
  const [isLoading, setIsLoading] = useState(false)
  const isAsked = useRef(false)
  const show = async () => {
    if (isAsked.current) return
    isAsked.current = true
    setIsLoading(true)
    setLoaded(await loadReport(fetch))
    setIsLoading(false)
    isAsked.current = false
  }
  return (
    <section class="report" aria-labelledby="report" aria-busy={isLoading}>
      <h2 id="report">Beside the public report</h2>
      {host ? (
        <>
          <p>
            The server publishes a report each week: counts with noise, of everyone who said yes. To show the
            newest, this machine asks <code>{host}</code> for the list of reports and for that one: two
            requests, without your id and without cookies. Nothing else on this page leaves this machine.
          </p>
          <button type="button" aria-disabled={isLoading} onClick={show}>
            Show the latest public report of {host}
          </button>
        </>
      ) : (
        <p>No endpoint is set, so there is no public report to show here.</p>
      )}
      <p role="status" class={loaded?.outcome === 'failed' ? '' : 'unseen'}>
        {isLoading
          ? 'Asking for the report.'
          : loaded?.outcome === 'failed'
            ? loaded.why
            : loaded
              ? 'Here it is.'
              : ''}
      </p>
      {loaded?.outcome === 'loaded' && <Report report={loaded.value} own={own} />}
    </section>
  )
}

function Report({ report, own }: { report: PublicReport; own: DailyCounts }) {
  const { week, from, to, total, plus_minus, tables, notes } = report
  return (
    <>
      <h3>
        {week}, {formatDay(from)} – {formatDay(to)}
      </h3>
      <p>
        {formatCount(total)} installations, give or take {formatCount(plus_minus)}.{' '}
        {tables.length === 0
          ? 'That is too few to show anything but the total.'
          : 'Theirs is the share of installations, each counted under its most frequent value; yours is the share of your sessions, failed calls, errors or days above.'}
      </p>
      <div class="tables">
        {tables.map((table) => (
          <ComparedTable key={table.field} table={table} own={own} />
        ))}
      </div>
      <details>
        <summary>What these numbers mean</summary>
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </details>
    </>
  )
}

function ComparedTable({ table, own }: { table: ReportTable; own: DailyCounts }) {
  const titleId = useId()
  return (
    <figure class="card" aria-labelledby={titleId}>
      <figcaption>
        <h4 id={titleId}>{table.label}</h4>
      </figcaption>
      <table>
        <thead>
          <tr>
            <th scope="col">Value</th>
            <th scope="col">Installations</th>
            <th scope="col">Theirs</th>
            <th scope="col">Yours</th>
          </tr>
        </thead>
        <tbody>
          {compare(table, own).map(({ value, n, plusMinus, share, ownShare }) => (
            <tr key={value}>
              <th scope="row">{value}</th>
              <td>{n === undefined ? '–' : `${formatCount(n)} ± ${formatCount(plusMinus ?? 0)}`}</td>
              <td>{share}</td>
              <td>{ownShare}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {table.folded.length > 0 && <p class="note">In “other”: {table.folded.join(', ')}.</p>}
    </figure>
  )
}
