import { useId } from 'preact/hooks'
import { type Download, Downloads } from '../../components/numbersTable.tsx'
import type { PageState } from '../../model/address.ts'
import { COHORT_WEEKS, type CohortCell, type Retention } from '../../model/cohorts.ts'
import { formatCount, formatDay, formatShare, formatShortDay } from '../../model/format.ts'

interface HeatMapProps {
  retention: Retention
  show: PageState['show']
  notes: readonly string[]
  downloads: readonly Download[]
}

/** Who came back: a row for the newcomers of each week, a column for each week since, darker where more were active. */
export function HeatMap({ retention, show, notes, downloads }: HeatMapProps) {
  const titleId = useId()
  const { cohorts, pooled } = retention
  const isNothing = cohorts.every(({ size }) => !size)
  return (
    <figure class="card cohorts" aria-labelledby={titleId}>
      <figcaption>
        <h3 id={titleId}>
          Coming back <span class="unit">{show === 'share' ? 'share' : 'installations'} by week</span>
        </h3>
        <p class="purpose">Shows whether people who try VoiceMode stay with it.</p>
        <p class="purpose">
          A row holds the installations that were new in one week, Monday to Sunday; week 1 is that week
          itself. It covers the {COHORT_WEEKS} weeks up to the last of the days shown.
        </p>
        <p class="purpose">
          <span class="open">…</span> This week is not over; it is counted when it is.
        </p>
        {notes.map((note) => (
          <p class="purpose" key={note}>
            {note}
          </p>
        ))}
        <Downloads downloads={downloads} />
      </figcaption>
      {isNothing ? (
        <p class="nothing">None of these weeks had new installations and is over.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label="Coming back by week">
          <table>
            <caption class="unseen">
              Of the installations that were new in a week, those active in it and after
            </caption>
            <thead>
              <tr>
                <td colSpan={2} />
                <th scope="colgroup" colSpan={COHORT_WEEKS}>
                  Week
                </th>
              </tr>
              <tr>
                <th scope="col">New in</th>
                <th scope="col">All</th>
                {pooled.map((_, later) => (
                  <th scope="col" key={later}>
                    {later + 1}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {cohorts.map(({ week, size, cells }) => (
                <tr key={week}>
                  <th scope="row" title={`The week of ${formatDay(week)}`}>
                    {formatShortDay(week)}
                  </th>
                  <td>{size === undefined ? '' : formatCount(size)}</td>
                  {pooled.map((_, later) => (
                    <Cell key={later} cell={cells[later]} size={size} show={show} />
                  ))}
                </tr>
              ))}
            </tbody>
            {show === 'share' && (
              <tfoot>
                <tr>
                  <th scope="row">All</th>
                  <td>{formatCount(cohorts.reduce((total, { size = 0 }) => total + size, 0))}</td>
                  {pooled.map(({ share, of }, later) => (
                    <td key={later} title={`Of ${formatCount(of)} whose week ${later + 1} is over`}>
                      {share === undefined ? '' : formatWholePercent(share)}
                    </td>
                  ))}
                </tr>
              </tfoot>
            )}
          </table>
        </section>
      )}
    </figure>
  )
}

interface CellProps {
  cell: CohortCell | undefined
  size: number | undefined
  show: PageState['show']
}

function Cell({ cell, size = 0, show }: CellProps) {
  if (!cell) return <td class="none" />
  const { n, share } = cell
  if (n === undefined || share === undefined) {
    return (
      <td class="open" title="This week is not over">
        …
      </td>
    )
  }
  return (
    <td
      class="heat"
      style={{ '--heat': `${(100 * share).toFixed(1)}%` }}
      title={`${formatCount(n)} of ${formatCount(size)}, ${formatShare(share)}`}
    >
      {show === 'share' ? formatWholePercent(share) : formatCount(n)}
    </td>
  )
}

function formatWholePercent(share: number): string {
  return `${Math.round(100 * share)}%`
}
