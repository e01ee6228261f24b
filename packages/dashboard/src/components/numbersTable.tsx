import { type Chart, type Point, pointsOfDay, type Total } from '../charts/chart.ts'
import { drawsCompared } from '../charts/drawn.ts'
import { formatCount, formatDay, formatRatio, formatShare } from '../model/format.ts'
import { type Download, Downloads } from './downloads.tsx'
import { ScrollRegion } from './scrollRegion.tsx'

/** A chart's numbers as a table, and links to download them. */
export function NumbersTable({ chart, downloads }: { chart: Chart; downloads: readonly Download[] }) {
  const { days, values, compared } = chart
  const title = `${chart.title} per UTC day`
  const columns = [
    ...values.map((value) => value || chart.title),
    ...(drawsCompared(chart)
      ? values.map((value) => (value ? `${value}, ${compared?.label}` : compared?.label))
      : []),
  ]
  return (
    <>
      <Downloads downloads={downloads} />
      <ScrollRegion label={title}>
        <table>
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              {['Day (UTC)', ...columns].map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, index) => (
              <tr key={day}>
                <th scope="row">{formatDay(day)}</th>
                <Cells chart={chart} points={pointsOfDay(chart, chart, index)} format={formatCount} />
                {compared && drawsCompared(chart) && (
                  <Cells chart={chart} points={pointsOfDay(compared, chart, index)} format={formatCount} />
                )}
              </tr>
            ))}
          </tbody>
          <TotalRows chart={chart} />
        </table>
      </ScrollRegion>
    </>
  )
}

/** All days together; for installations the average day, because those of several days can't be added up. */
function TotalRows({ chart }: { chart: Chart }) {
  const { totals, compared, unit } = chart
  const [label, format] = unit === 'installations' ? ['Average day', formatRatio] : ['Total', formatCount]
  const rows = [
    { label, totals },
    ...(compared ? [{ ...compared, label: `${label}, ${compared.label}` }] : []),
  ]
  return (
    <tfoot>
      {rows.map((row) => (
        <tr key={row.label}>
          <th scope="row">{row.label}</th>
          <Cells chart={chart} points={row.totals} format={format} />
          {drawsCompared(chart) && chart.values.map((value) => <td key={value} />)}
        </tr>
      ))}
    </tfoot>
  )
}

interface CellsProps {
  chart: Chart
  points: readonly (Point | Total)[]
  format: (n: number) => string
}

function Cells({ chart, points, format }: CellsProps) {
  return points.map(({ value, n, share }) => (
    <td key={value}>
      {format(n)}
      {chart.show === 'share' && <span class="part"> {formatShare(share)}</span>}
    </td>
  ))
}
