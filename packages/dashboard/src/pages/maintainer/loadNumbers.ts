import { readJsonAs } from '@voicemode-telemetry/protocol'
import {
  type DailyCounts,
  type DayRange,
  dailyCountsSchema,
  type Segments,
  segmentsSchema,
} from '@voicemode-telemetry/protocol/wire/charts'
import { dailyUrl, segmentsUrl } from '../../api/counts.ts'
import { type Fetch, type Loaded, load } from '../../api/load.ts'
import { COHORT_FIELD, cohortDays } from '../../model/cohorts.ts'
import { previousDays } from '../../model/days.ts'
import { deriveCounts } from '../../model/derivedCounts.ts'
import { missingDays } from '../../model/missingDays.ts'
import type { Compared, Numbers, Rows } from '../../model/numbers.ts'
import type { PageState } from '../../model/pageState.ts'

/** Loads everything that the page shows. If a part fails to load, that failure is the result. */
export async function loadNumbers(
  fetch: Fetch,
  days: DayRange,
  { filter, compare }: Pick<PageState, 'filter' | 'compare'>,
  signal: AbortSignal,
): Promise<Loaded<Numbers>> {
  const before = previousDays(days)
  const daily = (range: DayRange, only: Parameters<typeof dailyUrl>[1]) =>
    loadDaily(fetch, dailyUrl(range, only), signal)
  const failures = (range: DayRange) =>
    load(fetch, segmentsUrl(range, { field: FAILURES }), (text) => readJsonAs(segmentsSchema, text), signal)
  const other = compare === 'previous' ? undefined : compare
  const loaded = await Promise.all([
    daily(cohortDays(days), { field: COHORT_FIELD }),
    ...[daily(days, {}), daily(before, {})],
    ...[filter && daily(days, { filter }), filter && daily(before, { filter })],
    ...[failures(days), failures(before)],
    other && daily(days, { filter: other }),
  ] as const)
  const missing = loaded.find((part) => part && part.outcome !== 'loaded')
  if (missing && missing.outcome !== 'loaded') return missing
  const [cohorts, all, allBefore, some, someBefore, failed, failedBefore, version] = loaded.map((part) =>
    part?.outcome === 'loaded' ? part.value : undefined,
  ) as LoadedValues
  const { since } = cohorts
  // The server was set up in the middle of its first day.
  const ifThere = <Value>(value: Value) => (before.from <= since ? undefined : value)
  const isWhole = missingDays(all, some ?? all, filter).length === 0
  const wasWhole = missingDays(allBefore, someBefore ?? allBefore, filter).length === 0
  const previous = isWhole && wasWhole ? ifThere(some ? someBefore : allBefore) : undefined
  return {
    outcome: 'loaded',
    canSignOut: loaded[0].outcome === 'loaded' && loaded[0].canSignOut,
    value: {
      all: { daily: all, previous: ifThere(allBefore) },
      shown: { daily: some ?? all, previous },
      isFiltered: filter !== undefined,
      compared: comparedOf(compare, previous, version),
      failures: { now: failed, previous: ifThere(failedBefore) },
      ...{ cohorts, since },
    },
  }
}

const FAILURES = 'usage.failed_steps'

/** What {@link loadNumbers} asks for, in its order. */
type LoadedValues = [
  ...[cohorts: DailyCounts, all: DailyCounts, allBefore: DailyCounts],
  ...[some: DailyCounts | undefined, someBefore: DailyCounts | undefined],
  ...[failed: Segments, failedBefore: Segments],
  version: DailyCounts | undefined,
]

function comparedOf(
  compare: PageState['compare'],
  previous: Rows | undefined,
  version: Rows | undefined,
): Compared | undefined {
  if (compare === 'previous') {
    return previous && { label: 'previous period', isPrevious: true, rows: previous }
  }
  return compare && version && { label: compare.value, isPrevious: false, rows: version }
}

async function loadDaily(fetch: Fetch, url: string, signal: AbortSignal): Promise<Loaded<DailyCounts>> {
  const loaded = await load(fetch, url, (text) => readJsonAs(dailyCountsSchema, text), signal)
  if (loaded.outcome !== 'loaded') return loaded
  return { ...loaded, value: { ...loaded.value, counts: deriveCounts(loaded.value.counts) } }
}
