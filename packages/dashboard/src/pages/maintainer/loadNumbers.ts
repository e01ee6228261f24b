import { readJsonAs } from '@voicemode-telemetry/protocol'
import {
  type DailyCounts,
  type DayRange,
  dailyCountsSchema,
  type FieldValue,
} from '@voicemode-telemetry/protocol/wire/charts'
import { dailyUrl } from '../../api/counts.ts'
import { type Fetch, type Loaded, load } from '../../api/load.ts'
import { COHORT_FIELD, cohortDays } from '../../model/cohorts.ts'
import { previousDays } from '../../model/days.ts'
import { deriveCounts } from '../../model/derivedCounts.ts'
import type { Numbers, Period } from '../../model/numbers.ts'
import type { PageState } from '../../model/pageState.ts'

/** Loads everything that the page shows. If a part fails to load, that failure is the result. */
export async function loadNumbers(
  fetch: Fetch,
  days: DayRange,
  { filter, compares }: Pick<PageState, 'filter' | 'compares'>,
  signal: AbortSignal,
): Promise<Loaded<Numbers>> {
  const daily = (range: DayRange, only: Parameters<typeof dailyUrl>[1]) =>
    loadDaily(fetch, dailyUrl(range, only), signal)
  const period = async (only: { filter?: FieldValue }): Promise<Loaded<Period>> => {
    const [now, previous] = await Promise.all([
      daily(days, only),
      compares ? daily(previousDays(days), only) : undefined,
    ])
    if (now.outcome !== 'loaded') return now
    if (previous && previous.outcome !== 'loaded') return previous
    return { ...now, value: { daily: now.value, previous: previous?.value } }
  }
  const [cohorts, all, filtered] = await Promise.all([
    daily(cohortDays(days), { field: COHORT_FIELD }),
    period({}),
    filter && period({ filter }),
  ])
  if (cohorts.outcome !== 'loaded') return cohorts
  if (all.outcome !== 'loaded') return all
  if (filtered && filtered.outcome !== 'loaded') return filtered
  const shown = filtered?.value ?? all.value
  return {
    ...all,
    value: {
      all: all.value,
      shown,
      isFiltered: filter !== undefined,
      cohorts: cohorts.value,
      since: cohorts.value.since,
    },
  }
}

async function loadDaily(fetch: Fetch, url: string, signal: AbortSignal): Promise<Loaded<DailyCounts>> {
  const loaded = await load(fetch, url, (text) => readJsonAs(dailyCountsSchema, text), signal)
  if (loaded.outcome !== 'loaded') return loaded
  return { ...loaded, value: { ...loaded.value, counts: deriveCounts(loaded.value.counts) } }
}
