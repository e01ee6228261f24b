import type { ViewData } from '@voicemode-telemetry/protocol/wire/viewer'
import { OWN_SECTION, sectionCharts } from '../../charts/catalogue.ts'
import { chartOf } from '../../charts/chart.ts'
import type { Headline } from '../../charts/headlines.ts'
import { ChartFigure } from '../../components/chartFigure.tsx'
import { Headlines } from '../../components/headlines.tsx'
import { formatCount, formatShare } from '../../model/format.ts'
import type { Rows } from '../../model/numbers.ts'
import { successRateOf } from '../../model/ownCounts.ts'
import { sumOf } from '../../model/sums.ts'

interface UseSectionProps {
  view: ViewData
  /** The numbers in the view's events. */
  own: Rows
}

/** How VoiceMode was used: headlines and charts. */
export function UseSection({ view, own }: UseSectionProps) {
  const usedDays = view.days.filter(({ body }) => body !== null).length
  if (usedDays === 0) return <NoUse view={view} />
  return (
    <section aria-labelledby="use">
      <h2 id="use">{OWN_SECTION.title}</h2>
      <Skipped view={view} />
      <Headlines headlines={ownHeadlines(view, own, usedDays)} />
      <div class="charts">
        {sectionCharts(OWN_SECTION, own).map((spec) => (
          <ChartFigure
            key={spec.field}
            heading="h2"
            chart={chartOf(own, { show: 'share', ...spec })}
            notes={spec.note ? [spec.note] : []}
            isWide={spec.isWide}
          />
        ))}
      </div>
    </section>
  )
}

function ownHeadlines({ days }: ViewData, own: Rows, usedDays: number): Headline[] {
  const sessions = sumOf(own, 'usage.total_sessions')
  const operations = sumOf(own, 'usage.total_operations')
  const headlines = [
    ['Days with use', formatCount(usedDays), `of ${formatCount(days.length)}, including today`],
    ['Sessions', formatCount(sessions), `${formatCount(sessions / usedDays)} per day with use`],
    ['Operations', formatCount(operations), 'calls of VoiceMode, or turns of speech if no calls were logged'],
    ['Success rate', formatShare(successRateOf(days)), 'of the operations'],
  ] as const
  return headlines.map(([label, value, note]) => ({ label, value, note, beside: [] }))
}

function NoUse({ view }: { view: ViewData }) {
  return (
    <section class="card" aria-labelledby="use">
      <h2 id="use">No use on these days</h2>
      <p>
        {view.log_files === 0 ? (
          <>
            This machine has no VoiceMode logs for these days. If they are in another folder, set{' '}
            <code>VOICEMODE_BASE_DIR</code> to that folder.
          </>
        ) : (
          'There are logs for these days, but no session or operation to count.'
        )}
        {view.status.state === 'granted' && ' Only use after you opted in is counted.'}
      </p>
      <Skipped view={view} />
    </section>
  )
}

function Skipped({ view: { skipped_lines } }: { view: ViewData }) {
  if (skipped_lines === 0) return null
  return <p class="note">Log lines skipped because they could not be used: {formatCount(skipped_lines)}.</p>
}
