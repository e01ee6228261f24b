import { addDays } from '@voicemode-telemetry/protocol'
import { COHORT_WEEKS } from '@voicemode-telemetry/protocol/wire/charts'
import { useId } from 'preact/hooks'
import { idOf } from '../../charts/chart.ts'
import { RETENTION_TITLE } from '../../charts/headlines.ts'
import { type Download, Downloads } from '../../components/downloads.tsx'
import { About, Notes } from '../../components/notes.tsx'
import { ScrollRegion } from '../../components/scrollRegion.tsx'
import type { CohortCell, Retention } from '../../model/cohorts.ts'
import { WHY_NOT_NEW } from '../../model/days.ts'
import {
  formatCount,
  formatDay,
  formatShare,
  formatShortDay,
  formatWholePercent,
} from '../../model/format.ts'
import type { PageState } from '../../model/pageState.ts'

interface RetentionTableProps {
  retention: Retention
  show: PageState['show']
  downloads: readonly Download[]
}

/** A row for each week's new installations, a column for each week since; a cell is darker the more were active. */
export function RetentionTable({ retention, show, downloads }: RetentionTableProps) {
  const titleId = useId()
  const cohorts = retention.cohorts.filter(({ size }) => size)
  const { knownFrom } = retention
  const beginsLater = cohorts.length > 0 && knownFrom > (retention.cohorts[0]?.week ?? knownFrom)
  return (
    <figure id={idOf(RETENTION_TITLE)} class="card cohorts" aria-labelledby={titleId}>
      <figcaption>
        <h3 id={titleId}>
          {RETENTION_TITLE}{' '}
          <span class="unit">
            {show === 'share' ? 'share' : 'installations'} by week, Monday to Sunday; always all installations
            and {COHORT_WEEKS} weeks
          </span>
        </h3>
        <About
          title="Retention"
          notes={[
            'Shows whether people keep using VoiceMode.',
            'Each row stands for the installations that were new in one week. Week 1 is that week.',
            `The table covers the ${COHORT_WEEKS} weeks up to the last day shown.`,
          ]}
        />
        <p class="purpose scale">
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <span class="heat" key={share} style={heatOf(share)}>
              {formatWholePercent(share)}
            </span>
          ))}
          <span class="open">…</span> not over yet
        </p>
        <Notes
          notes={[
            ...(beginsLater ? [`It begins with the week of ${formatDay(knownFrom)}. ${WHY_NOT_NEW}`] : []),
          ]}
        />
        <Downloads downloads={downloads} />
      </figcaption>
      {cohorts.length === 0 ? (
        <p class="nothing">{whyEmpty(retention)}</p>
      ) : (
        <ScrollRegion label="Retention by week">
          <table>
            <caption class="unseen">
              New installations of each week, and how many were active in each week since
            </caption>
            <Head />
            <Body cohorts={cohorts} show={show} />
            {show === 'share' && <Foot retention={retention} />}
          </table>
        </ScrollRegion>
      )}
    </figure>
  )
}

const DAYS_PER_WEEK = 7

function whyEmpty({ cohorts, knownFrom }: Retention): string {
  return knownFrom < (cohorts.at(-1)?.week ?? knownFrom)
    ? 'No week that is over had new installations.'
    : `Known from ${formatDay(addDays(knownFrom, DAYS_PER_WEEK))} on. ${WHY_NOT_NEW}`
}

function Head() {
  return (
    <thead>
      <tr>
        <td colSpan={2} />
        <th scope="colgroup" colSpan={COHORT_WEEKS}>
          Week
        </th>
      </tr>
      <tr>
        {['First seen in week of', 'Total', ...Array.from({ length: COHORT_WEEKS }, (_, n) => n + 1)].map(
          (column) => (
            <th scope="col" key={column}>
              {column}
            </th>
          ),
        )}
      </tr>
    </thead>
  )
}

function Body({ cohorts, show }: Pick<Retention, 'cohorts'> & Pick<RetentionTableProps, 'show'>) {
  return (
    <tbody>
      {cohorts.map(({ week, size, cells }) => (
        <tr key={week}>
          <th scope="row" title={`The week of ${formatDay(week)}`}>
            {formatShortDay(week)}
          </th>
          <td>{size === undefined ? '' : formatCount(size)}</td>
          {cells.map((cell, later) => (
            <Cell key={later} cell={cell} size={size} show={show} />
          ))}
        </tr>
      ))}
    </tbody>
  )
}

function Foot({ retention: { cohorts, pooled } }: Pick<RetentionTableProps, 'retention'>) {
  return (
    <tfoot>
      <tr>
        <th scope="row">Total</th>
        <td>{formatCount(cohorts.reduce((sum, { size = 0 }) => sum + size, 0))}</td>
        {pooled.map(({ share, of }, later) => (
          <td key={later} title={`Of ${formatCount(of)} installations whose week ${later + 1} is over`}>
            {share === undefined ? '' : formatWholePercent(share)}
            {share !== undefined && <span class="of"> of {formatCount(of)}</span>}
          </td>
        ))}
      </tr>
    </tfoot>
  )
}

/** Steeper than the share, so that 78 % can be told from 100 %. */
function heatOf(share: number) {
  return { '--heat': `${(100 * share ** 2).toFixed(1)}%` }
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
      <td class="open" title="This week is not over yet">
        …
      </td>
    )
  }
  return (
    <td
      class="heat"
      style={heatOf(share)}
      title={`${formatCount(n)} of ${formatCount(size)}, ${formatShare(share)}`}
    >
      {show === 'share' ? formatWholePercent(share) : formatCount(n)}
    </td>
  )
}
