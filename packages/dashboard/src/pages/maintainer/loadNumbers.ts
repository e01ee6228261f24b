import type { DailyCounts } from '../../api/dailyCounts.ts'
import type { Numbers } from '../../charts/catalogue.ts'
import { type Choice, type DayRange, dailyUrl, daysBefore, segmentsUrl } from '../../model/address.ts'
import { cohortDays } from '../../model/cohorts.ts'
import { deriveCounts } from '../../model/derivedCounts.ts'
import type { Segments } from '../../model/segments.ts'

type Fetch = typeof globalThis.fetch

/** What came of asking the server for something. */
export type Loaded<Value> =
  | { outcome: 'loaded'; value: Value; text: string; canSignOut: boolean }
  | { outcome: 'signin' }
  | { outcome: 'failed'; reason: string }

/** Asks the page's own server for all that the page shows. Whatever goes wrong is returned. */
export async function loadNumbers(
  fetch: Fetch,
  { days, filter, compares }: { days: DayRange; filter: Choice | undefined; compares: boolean },
  signal: AbortSignal,
): Promise<Loaded<Numbers>> {
  const beforehand = daysBefore(days)
  const [everyone, cohorts, ...more] = await Promise.all([
    loadDaily(fetch, dailyUrl(days), signal),
    loadDaily(fetch, dailyUrl(cohortDays(days), { field: 'installations.cohort' }), signal),
    ...(filter ? [loadDaily(fetch, dailyUrl(days, { filter }), signal)] : []),
    ...(compares ? [loadDaily(fetch, dailyUrl(beforehand), signal)] : []),
    ...(compares && filter ? [loadDaily(fetch, dailyUrl(beforehand, { filter }), signal)] : []),
  ])
  const values: DailyCounts[] = []
  for (const loaded of more) {
    if (loaded.outcome !== 'loaded') return loaded
    values.push(loaded.value)
  }
  if (everyone.outcome !== 'loaded') return everyone
  if (cohorts.outcome !== 'loaded') return cohorts
  const filtered = filter ? values.shift() : undefined
  const [everyoneBefore, filteredBefore] = values
  return {
    outcome: 'loaded',
    text: [everyone, cohorts, ...more].map((loaded) => ('text' in loaded ? loaded.text : '')).join(),
    canSignOut: everyone.canSignOut,
    value: {
      everyone: everyone.value,
      filtered,
      cohorts: cohorts.value,
      before: everyoneBefore && { everyone: everyoneBefore, filtered: filteredBefore },
    },
  }
}

/** Asks whom a word comes from. */
export function loadSegments(
  fetch: Fetch,
  days: DayRange,
  who: Choice,
  signal: AbortSignal,
): Promise<Loaded<Segments>> {
  return load<Segments>(fetch, segmentsUrl(days, who), signal)
}

async function loadDaily(fetch: Fetch, url: string, signal: AbortSignal): Promise<Loaded<DailyCounts>> {
  const loaded = await load<DailyCounts>(fetch, url, signal)
  if (loaded.outcome !== 'loaded') return loaded
  if (!Array.isArray(loaded.value?.counts))
    return { outcome: 'failed', reason: 'Something else than this server answered.' }
  return { ...loaded, value: { ...loaded.value, counts: deriveCounts(loaded.value.counts) } }
}

async function load<Value>(fetch: Fetch, url: string, signal: AbortSignal): Promise<Loaded<Value>> {
  try {
    const answer = await fetch(url, { signal })
    if (answer.status === 401) return { outcome: 'signin' }
    if (!answer.ok) return { outcome: 'failed', reason: `The server answered ${answer.status}.` }
    const text = await answer.text()
    const canSignOut = /rel="sign-out"/.test(answer.headers.get('link') ?? '')
    return { outcome: 'loaded', value: JSON.parse(text) as Value, text, canSignOut }
  } catch {
    return { outcome: 'failed', reason: 'The server did not answer, or its answer was cut short.' }
  }
}
