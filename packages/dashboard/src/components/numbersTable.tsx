import { type Chart, drawsBefore, type Point, type Total } from '../charts/chart.ts'
import { formatCount, formatDay, formatRatio, formatShare } from '../model/format.ts'

/** The server's rows of one field, as files. */
export interface Download {
  /** A path of the contract, or `installations.…`. */
  field: string
  csv: { href: string; name: string }
  json: { href: string; name: string }
}

/** A chart's numbers as a table, and from where they can be downloaded. */
export function NumbersTable({ chart, downloads }: { chart: Chart; downloads: readonly Download[] }) {
  const title = `${chart.title} per UTC day`
  return (
    <>
      <Downloads downloads={downloads} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={title}>
        <table>
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              {chart.words.map((word) => (
                <th scope="col" key={word}>
                  {word || chart.title}
                </th>
              ))}
              {drawsBefore(chart) &&
                chart.words.map((word) => (
                  <th scope="col" key={word}>
                    {word} before
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {chart.days.map((day, row) => (
              <tr key={day}>
                <th scope="row">{formatDay(day)}</th>
                <Cells chart={chart} points={ofDay(chart.points, chart, row)} format={formatCount} />
                {chart.before && drawsBefore(chart) && (
                  <Cells chart={chart} points={ofDay(chart.before.points, chart, row)} format={formatCount} />
                )}
              </tr>
            ))}
          </tbody>
          <TotalRows chart={chart} />
        </table>
      </section>
    </>
  )
}

/** All days together; of installations, which don't add up over days, the average day. */
function TotalRows({ chart }: { chart: Chart }) {
  const { totals, before, unit } = chart
  const isAverage = unit === 'installations'
  const format = isAverage ? formatRatio : formatCount
  const padding = drawsBefore(chart) ? chart.words.map((word) => <td key={word} />) : []
  return (
    <tfoot>
      <tr>
        <th scope="row">{isAverage ? 'Average day' : 'All days'}</th>
        <Cells chart={chart} points={totals} format={format} />
        {padding}
      </tr>
      {before && (
        <tr>
          <th scope="row">{isAverage ? 'Average day before' : 'All days before'}</th>
          <Cells chart={chart} points={before.totals} format={format} />
          {padding}
        </tr>
      )}
    </tfoot>
  )
}

interface CellsProps {
  chart: Chart
  points: readonly (Point | Total)[]
  format: (n: number) => string
}

function Cells({ chart, points, format }: CellsProps) {
  return points.map(({ word, n, share }) => (
    <td key={word}>
      {format(n)}
      {chart.show === 'share' && <span class="part"> {formatShare(share)}</span>}
    </td>
  ))
}

function ofDay(points: readonly Point[], { words }: Chart, row: number): Point[] {
  return points.slice(row * words.length, (row + 1) * words.length)
}

export function Downloads({ downloads }: { downloads: readonly Download[] }) {
  if (downloads.length === 0) return null
  return (
    <ul class="downloads">
      {downloads.map(({ field, csv, json }) => (
        <li key={field}>
          <code>{field}</code>{' '}
          <a href={csv.href} download={csv.name}>
            CSV<span class="unseen"> of {field}</span>
          </a>{' '}
          <a href={json.href} download={json.name}>
            JSON<span class="unseen"> of {field}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
