import { wholeOf } from '@voicemode-telemetry/protocol/wire/charts'
import { useId } from 'preact/hooks'
import { type Chart, idOf, isEmpty } from '../charts/chart.ts'
import { drawnChart } from '../charts/drawn.ts'
import { summaryOf } from '../charts/summary.ts'
import type { Release } from '../model/releases.ts'
import { Bars } from './bars.tsx'
import type { Download } from './downloads.tsx'
import { Legend, type LinkValue } from './legend.tsx'
import { About, Notes } from './notes.tsx'
import { NumbersTable } from './numbersTable.tsx'
import { Picture } from './picture.tsx'

interface ChartFigureProps {
  chart: Chart
  /** The level of its heading. */
  heading: 'h2' | 'h3'
  /** What is said under its question mark, after its purpose. */
  about?: readonly string[]
  /** What is said at once. */
  notes?: readonly string[]
  /** Marked on their days. */
  releases?: readonly Release[]
  /** Said where there are no numbers. */
  whyEmpty?: string | undefined
  downloads?: readonly Download[]
  linkValue?: LinkValue | undefined
  /** Whether it takes half of a wide page, not a third. */
  isWide?: boolean | undefined
}

/** One chart: its title and purpose, the picture, and the same numbers as a table. */
export function ChartFigure(props: ChartFigureProps) {
  const { chart, heading: Heading, about = [], notes = [], releases = [], whyEmpty } = props
  const { downloads = [], linkValue, isWide } = props
  const titleId = useId()
  return (
    <figure id={idOf(chart.title)} class={isWide ? 'card half' : 'card'} aria-labelledby={titleId}>
      <figcaption>
        <Heading id={titleId}>
          {chart.title} <span class="unit">{subtitleOf(chart)}</span>
        </Heading>
        <About title={chart.title} notes={[chart.purpose, ...about]} />
        <Notes notes={notes} />
      </figcaption>
      <div class="body">
        {isEmpty(chart) ? (
          <p class="nothing">{whyEmpty ?? 'Nothing was counted on these days.'}</p>
        ) : chart.as === 'stack' || chart.as === 'lines' ? (
          <>
            <Legend chart={drawnChart(chart)} linkValue={linkValue} />
            <Picture chart={drawnChart(chart)} summary={summaryOf(chart)} releases={releases} />
          </>
        ) : (
          <Bars chart={chart} linkValue={linkValue} />
        )}
      </div>
      <details>
        <summary>
          Numbers<span class="unseen"> of {chart.title} as a table</span>
        </summary>
        <NumbersTable chart={chart} downloads={downloads} />
      </details>
    </figure>
  )
}

/** What the numbers are, and of what they are shares. */
function subtitleOf({ as, show, unit, field, values }: Chart): string {
  const isRate = wholeOf(field) !== field
  const counted = isRate && show === 'share' ? 'all calls' : unit
  const share = `share of ${counted}${unit === 'uses' ? ' (a session may have several)' : ''}`
  if (as === 'lines') return show === 'share' ? `${share} per day` : `${counted} per day`
  if (as === 'stack') {
    if (show === 'share') return `${share} per day`
    const hasSums = values.length > 1 && unit !== 'installations'
    return `${counted} per day${hasSums ? '; all days beside the names' : ''}`
  }
  if (show === 'share') return share
  return unit === 'installations' ? 'installations on an average day' : unit
}
