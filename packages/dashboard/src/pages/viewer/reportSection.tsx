import type { ReportTable } from '@voicemode-telemetry/protocol/wire/reports'
import type { ShownReport } from '@voicemode-telemetry/protocol/wire/viewer'
import { useId, useState } from 'preact/hooks'
import type { Fetch } from '../../api/load.ts'
import { formatCount, formatRange, formatShare } from '../../model/format.ts'
import type { Rows } from '../../model/numbers.ts'
import { compareWithReport } from '../../model/ownCounts.ts'
import { loadReport } from './loadView.ts'

interface PublicReportSectionProps {
  own: Rows
  /** The endpoint's host; null without one. */
  endpoint: string | null
  fetch: Fetch
}

/** Compares this machine's use with the latest public report, which is loaded only when the reader asks for it. */
export function PublicReportSection({ own, endpoint, fetch }: PublicReportSectionProps) {
  const [report, setReport] = useState<ShownReport | string>()
  const [isLoading, setIsLoading] = useState(false)
  const show = async () => {
    if (isLoading) return
    setIsLoading(true)
    setReport(await loadReport(fetch))
    setIsLoading(false)
  }
  const hasFailed = typeof report === 'string'
  return (
    <section class="report" aria-labelledby="report" aria-busy={isLoading}>
      <h2 id="report">Compare with the public report</h2>
      {endpoint ? (
        <>
          <p>
            Each week the server publishes a report about everyone who opted in, with random noise added to
            its numbers. To show the latest one, this machine sends two requests to <code>{endpoint}</code>,
            without your ID and without cookies. Nothing else on this page leaves this machine.
          </p>
          <button type="button" aria-disabled={isLoading} onClick={show}>
            Show the latest public report from {endpoint}
          </button>
        </>
      ) : (
        <p>No endpoint is set, so there is no public report to show.</p>
      )}
      <p role="status" class={hasFailed ? '' : 'unseen'}>
        {isLoading ? 'Loading the report.' : hasFailed ? report : report && 'The report is shown below.'}
      </p>
      {report && !hasFailed && <Report report={report} own={own} />}
    </section>
  )
}

function Report({ report, own }: { report: ShownReport; own: Rows }) {
  const { week, total, plus_minus, tables, notes } = report
  return (
    <>
      <h3>
        {week}, {formatRange(report)}
      </h3>
      <p>
        {formatCount(total)} installations, give or take {formatCount(plus_minus)}.{' '}
        {tables.length === 0
          ? 'That is too few to show anything but the total.'
          : '“Theirs” is the share of installations, each counted once under its most frequent value. “Yours” is the share of your sessions, failed calls, errors or days above.'}
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

function ComparedTable({ table, own }: { table: ReportTable; own: Rows }) {
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
          {compareWithReport(table, own).map(({ value, report, ownShare }) => (
            <tr key={value}>
              <th scope="row">{value}</th>
              <td>{report ? `${formatCount(report.n)} ± ${formatCount(report.plusMinus)}` : '–'}</td>
              <td>{formatShare(report?.share)}</td>
              <td>{formatShare(ownShare)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {table.folded.length > 0 && <p class="note">Counted as “other”: {table.folded.join(', ')}.</p>}
    </figure>
  )
}
