import {
  boundsOf,
  compareVersions,
  dayOf,
  FIELDS,
  type IsoWeek,
  MINOR_VERSION,
  minorOf,
  type TelemetryEvent,
  VERSION,
  VERSION_FIELD,
} from '@voicemode-telemetry/protocol'
import type { ReportTable, WeeklyReport } from '@voicemode-telemetry/protocol/wire/reports'
import { type RandomBytes, type Ratio, sampleDiscreteLaplace, uniformFrom } from './discreteLaplace.ts'
import { COVERAGE, errorBarsOf } from './errorBars.ts'

/**
 * The public report of a week: events -> `countWeek` -> `addNoise` -> `composeReport` -> bytes.
 *
 * **What is promised.** Two weeks of data are neighbours when one has all events of one installation in that week and the
 * other has none of them. Whatever is published, its probability differs between neighbours at most by the factor
 * `exp(EPSILON_PER_WEEK)` (differential privacy, Dwork, McSherry, Nissim and Smith, 2006).
 *
 * **Why it holds.** An installation counts once in the total and at most once in each table, under one word, however many
 * events it sent. So in each of the T published tables, the total being one, it changes at most one cell and that by 1: the
 * L1 sensitivity of a table is 1. Each cell, empty ones too, gets discrete Laplace noise of the scale T / epsilon, which gives
 * each table epsilon / T, and the T tables together epsilon. The words of a table are fixed before any event is read. All that
 * comes after the noise, folding, cutting at zero and whether to show tables at all, looks at noisy numbers only and costs
 * nothing more. An installation in n weeks spends n times epsilon.
 */

/** What one week's report may tell of one installation, over all its tables. */
export const EPSILON_PER_WEEK = 1

/** A value under so many installations, after the noise, is shown only as part of `other`. */
export const FOLD_BELOW = 50

/** With fewer installations than this, by the noisy total, only that total is shown. */
export const TABLES_FROM = 500

/** The word for everything else; a table has it where something was folded, even if its vocabulary has not. */
const OTHER = 'other'

/** What every report says of itself. */
const NOTES = [
  'Only installations whose user agreed to telemetry are counted. The numbers are a lower bound, not a full count. People who agree may differ from people who do not.',
  'Each installation counts once in the total and at most once per table, under its most frequent value of the week. Tables are independent: they need not add up to the total.',
  `Every number contains random noise. Each one has at least a ${100 * COVERAGE} % chance of being within its error bars (plus_minus) of the true count. Among many numbers, a few are further off. A value just above the limit for being shown (fold_below) may be nothing but noise. Negative results are shown as 0.`,
  'The noise hides whether any one installation was in use that week. Epsilon says how well: the smaller, the better. It adds up: for an installation in use in n weeks, it is n times as large.',
]

/** One table before counting: which field it shows and under which words. */
export interface TablePlan {
  /** A path of the contract. */
  field: string
  label: string
  /** In the contract's order; independent of any data. */
  words: readonly string[]
}

/** True counts. They are never published. */
export interface WeekCounts {
  installations: number
  /** For each table of the plan a count for each of its words. */
  tables: number[][]
}

/** Counts with noise, which may be negative. Told apart from {@link WeekCounts} so that those cannot be published. */
export interface NoisyCounts {
  noisyTotal: number
  noisyTables: number[][]
}

/**
 * The tables of a report: one for each field of the contract whose values are words, and one for versions. Plain numbers
 * have no most frequent value and get none.
 *
 * @param releases see {@link versionWords}.
 */
export function planTables(releases: readonly string[]): TablePlan[] {
  return FIELDS.flatMap(({ path: field, label, words }) => {
    if (field === VERSION_FIELD) return [{ field, label, words: versionWords(releases) }]
    return words.length > 0 ? [{ field, label, words }] : []
  })
}

/**
 * The words of the version table: `MAJOR.MINOR` of the releases, newest first, then `unknown` and `other`. An event may hold
 * any version, and a row that exists because somebody sent it would tell that he did, whatever noise its number has. So the
 * rows come from a list that is public already, and a version beside it counts as `other`.
 *
 * @param releases versions that VoiceMode has published, as `8.12.0` or `8.12`; taken from its releases, never from events.
 * @throws RangeError where one is no version.
 */
export function versionWords(releases: readonly string[]): string[] {
  if (!releases.every((release) => VERSION.test(release) || MINOR_VERSION.test(release))) {
    throw new RangeError('expected releases written MAJOR.MINOR or MAJOR.MINOR.PATCH')
  }
  return [...new Set([...releases.map(minorOf).sort(compareVersions), 'unknown', OTHER])]
}

/** The scale of the noise of every count: the number of tables, the total being one, over epsilon. */
export function noiseScale(plan: readonly TablePlan[]): Ratio {
  return { numerator: plan.length + 1, denominator: EPSILON_PER_WEEK }
}

/**
 * Counts each installation once in the total and in each table under its most frequent value: of a word, the one most of its
 * events have; of a map, the word with the highest sum over the week. Of equal ones the first in the plan's order. A map
 * without entries all week, as where no call failed, counts nowhere in its table.
 *
 * @param events those of the week in ascending order of `telemetry_id`. Memory is bounded by the plan.
 * @throws RangeError for an event of another week or out of order, since an installation counted twice is not protected.
 */
export async function countWeek(
  week: IsoWeek,
  plan: readonly TablePlan[],
  events: Iterable<TelemetryEvent> | AsyncIterable<TelemetryEvent>,
): Promise<WeekCounts> {
  const { from, to } = boundsOf(week)
  const counts: WeekCounts = { installations: 0, tables: plan.map(({ words }) => zeros(words)) }
  const tallies = plan.map(({ field, words }) => ({
    field,
    places: new Map(words.map((word, place) => [word, place])),
    sums: zeros(words),
  }))

  const countInstallation = () => {
    counts.installations++
    for (const [table, { sums }] of tallies.entries()) {
      const most = sums.reduce((a, b) => Math.max(a, b), 0)
      const cells = counts.tables[table] ?? []
      const place = sums.indexOf(most)
      if (most > 0) cells[place] = (cells[place] ?? 0) + 1
      sums.fill(0)
    }
  }

  let installation = ''
  for await (const event of events) {
    const day = dayOf(event.timestamp)
    if (day < from || day > to) throw new RangeError('expected events of the week only')
    if (event.telemetry_id < installation)
      throw new RangeError('expected events in the order of telemetry_id')
    if (event.telemetry_id !== installation && installation !== '') countInstallation()
    installation = event.telemetry_id
    for (const { field, places, sums } of tallies) {
      for (const [word, n] of valuesAt(event, field)) {
        const place = places.get(word) ?? places.get(OTHER)
        if (place !== undefined) sums[place] = (sums[place] ?? 0) + n
      }
    }
  }
  if (installation !== '') countInstallation()
  return counts
}

/** Adds noise to every count, zeros too. @param noise a fresh sample at every call. */
export function addNoise(counts: WeekCounts, noise: () => number): NoisyCounts {
  return {
    noisyTotal: counts.installations + noise(),
    noisyTables: counts.tables.map((cells) => cells.map((n) => n + noise())),
  }
}

/**
 * Makes the report of noisy counts; of nothing else, so that it may do with them what it likes.
 *
 * @param plusMinus error bars of a sum of so many noises, by default those of the plan's noise.
 */
export function composeReport(
  week: IsoWeek,
  plan: readonly TablePlan[],
  counts: NoisyCounts,
  plusMinus: (noises: number) => number = errorBarsOf(noiseScale(plan)),
): WeeklyReport {
  const tables = plan.map(({ field, label, words }, table): ReportTable => {
    const noisy = words.map((value, place) => ({ value, n: counts.noisyTables[table]?.[place] ?? 0 }))
    const named = noisy.filter(({ value }) => value !== OTHER)
    const folded = named.filter(({ n }) => n < FOLD_BELOW)
    const rows = named.filter(({ n }) => n >= FOLD_BELOW).map((row) => ({ ...row, plus_minus: plusMinus(1) }))
    // Negative ones are added as they are: only then does the noise of what is folded cancel out on average.
    const rest = [...noisy.filter(({ value }) => value === OTHER), ...folded]
    if (rest.length > 0) {
      const n = rest.reduce((sum, row) => sum + row.n, 0)
      rows.push({ value: OTHER, n: Math.max(0, n), plus_minus: plusMinus(rest.length) })
    }
    return { field, label, rows, folded: folded.map(({ value }) => value) }
  })

  const { numerator, denominator } = noiseScale(plan)
  return {
    week,
    ...boundsOf(week),
    epsilon: EPSILON_PER_WEEK,
    tables_published: numerator,
    epsilon_per_table: denominator / numerator,
    noise_scale: numerator / denominator,
    plus_minus: plusMinus(1),
    fold_below: FOLD_BELOW,
    tables_from: TABLES_FROM,
    total: Math.max(0, counts.noisyTotal),
    tables: counts.noisyTotal < TABLES_FROM ? [] : tables,
    notes: [...NOTES],
  }
}

/**
 * The report of a week. Its noise is fresh at every call, and two of the same week would together tell more than either may:
 * keep the bytes of the first for good and publish no other. Make it of every week that is due, one without events too: a
 * report that is missing would tell that nobody was there.
 *
 * @param of.events see {@link countWeek}; `mergeDays` makes them of the days of a store.
 * @param of.releases see {@link versionWords}.
 * @param of.randomBytes a cryptographic source.
 */
export async function makeWeeklyReport(of: {
  week: IsoWeek
  releases: readonly string[]
  events: Iterable<TelemetryEvent> | AsyncIterable<TelemetryEvent>
  randomBytes: RandomBytes
}): Promise<WeeklyReport> {
  const plan = planTables(of.releases)
  const counts = await countWeek(of.week, plan, of.events)
  const uniformBelow = uniformFrom(of.randomBytes)
  const scale = noiseScale(plan)
  return composeReport(
    of.week,
    plan,
    addNoise(counts, () => sampleDiscreteLaplace(scale, uniformBelow)),
  )
}

/** What an event says of a field, as words with their weights. */
function valuesAt(event: TelemetryEvent, field: string): [string, number][] {
  const [group, name = ''] = field.split('.')
  if (group === 'environment') {
    const value = String(event.environment[name as keyof TelemetryEvent['environment']])
    return [[field === VERSION_FIELD ? minorOf(value) : value, 1]]
  }
  // An event that was stored before the contract had a map is without it.
  return Object.entries((event.usage[name as keyof TelemetryEvent['usage']] ?? {}) as Record<string, number>)
}

function zeros(words: readonly string[]): number[] {
  return words.map(() => 0)
}
