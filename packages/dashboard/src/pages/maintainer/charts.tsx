import type { Day } from '@voicemode-telemetry/protocol'
import type { DayRange, FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { useMemo } from 'preact/hooks'
import { dailyUrl } from '../../api/counts.ts'
import { fieldsOf, type PageChart, SECTIONS, sectionCharts } from '../../charts/catalogue.ts'
import { chartOf, idOf, isEmpty } from '../../charts/chart.ts'
import { headlinesOf } from '../../charts/headlines.ts'
import { ChartFigure } from '../../components/chartFigure.tsx'
import type { Download } from '../../components/downloads.tsx'
import { Headlines } from '../../components/headlines.tsx'
import { COHORT_FIELD, cohortDays, retentionOf } from '../../model/cohorts.ts'
import { knownPrevious, newnessFrom, WHY_NOT_NEW, withNewness } from '../../model/days.ts'
import { formatDay } from '../../model/format.ts'
import type { Compared, Numbers, Rows } from '../../model/numbers.ts'
import { releasesIn } from '../../model/releases.ts'
import { FailureRates } from './failureRates.tsx'
import { CHANGES_TITLE, LargestChanges } from './largestChanges.tsx'
import type { Navigation } from './navigation.tsx'
import { PageBar } from './pageBar.tsx'
import { RetentionTable } from './retentionTable.tsx'
import { linkValueOf } from './valueLink.tsx'

const COMING_BACK = 'Coming back'
const IGNORES_FILTER = 'The filter does not apply here.'

interface ChartsProps {
  numbers: Numbers
  navigation: Navigation
  days: DayRange
  /** The last day that is over. */
  lastDay: Day
}

/** The largest changes, the headlines, and the charts in their sections. */
export function Charts({ numbers, navigation, days, lastDay }: ChartsProps) {
  const { cohorts, all, compared, failures, since } = numbers
  const retention = useMemo(
    () => retentionOf(cohorts.counts, cohorts, lastDay, since),
    [cohorts, lastDay, since],
  )
  return (
    <>
      <PageBar
        navigation={navigation}
        days={days}
        isCompared={compared !== undefined}
        sections={[
          { title: 'Changes', id: idOf(CHANGES_TITLE) },
          ...[...SECTIONS.map(({ title }) => title), COMING_BACK].map((title) => ({
            title,
            id: idOf(title),
          })),
        ]}
      />
      <LargestChanges numbers={numbers} navigation={navigation} lastDay={lastDay} />
      <Headlines headlines={headlinesOf(numbers, retention)} />
      {SECTIONS.map((section) => (
        <section
          class="charts thirds"
          id={idOf(section.title)}
          aria-label={section.title}
          key={section.title}
        >
          <h2>
            {section.title} {section.hint && <span class="unit hint">{section.hint}</span>}
          </h2>
          {section.showsFailureRates && (
            <FailureRates failures={failures} navigation={navigation} days={days} />
          )}
          {sectionCharts(section, all.daily).map((chart) => (
            <PageFigure
              key={`${chart.field} ${chart.as}`}
              numbers={numbers}
              chart={chart}
              navigation={navigation}
              days={days}
            />
          ))}
        </section>
      ))}
      <section class="charts" id={idOf(COMING_BACK)} aria-label={COMING_BACK}>
        <h2>{COMING_BACK}</h2>
        <RetentionTable
          retention={retention}
          show={navigation.state.show}
          downloads={[downloadOf(COHORT_FIELD, cohortDays(days), undefined)]}
        />
      </section>
    </>
  )
}

interface PageFigureProps {
  numbers: Numbers
  chart: PageChart
  navigation: Navigation
  days: DayRange
}

function PageFigure({ numbers, chart: pageChart, navigation, days }: PageFigureProps) {
  const { show, filter } = navigation.state
  const { ignoresFilter, needsNewness, note, isWide } = pageChart
  const [chart, releases, isWhole] = useMemo(() => {
    const period = ignoresFilter ? numbers.all : numbers.shown
    const { daily } = period
    const previous = knownPrevious(period.previous, numbers.since, needsNewness)
    const known = needsNewness ? withNewness(daily, numbers.since) : daily
    const isWhole = known === daily
    const made = chartOf(
      known,
      { show, ...pageChart },
      isWhole ? { previous, compared: comparedIn(numbers, ignoresFilter, previous) } : {},
    )
    return [made, releasesIn(numbers.all), isWhole] as const
  }, [numbers, pageChart, show])
  const knownFrom = `Known for days from ${formatDay(newnessFrom(numbers.since))} on.`
  return (
    <ChartFigure
      chart={chart}
      heading="h3"
      isWide={isWide}
      about={note ? [note] : []}
      notes={[
        ...(filter && ignoresFilter ? [IGNORES_FILTER] : []),
        ...(isWhole || isEmpty(chart) ? [] : [knownFrom]),
      ]}
      releases={releases}
      whyEmpty={isWhole ? undefined : `${knownFrom} ${WHY_NOT_NEW}`}
      downloads={fieldsOf(pageChart).map((field) =>
        downloadOf(field, days, ignoresFilter ? undefined : filter),
      )}
      linkValue={linkValueOf(pageChart.field, navigation)}
    />
  )
}

/** What is counted for all installations only has no numbers of one version, or of the filter's previous period. */
function comparedIn(
  { compared }: Numbers,
  ignoresFilter: true | undefined,
  previous: Rows | undefined,
): Compared | undefined {
  if (!ignoresFilter || !compared) return compared
  return compared.isPrevious && previous ? { ...compared, rows: previous } : undefined
}

function downloadOf(field: string, days: DayRange, filter: FieldValue | undefined): Download {
  return {
    label: field,
    name: filter ? `${field}-${filter.value}` : field,
    days,
    csv: dailyUrl(days, { field, filter, format: 'csv' }),
    json: dailyUrl(days, { field, filter }),
  }
}
