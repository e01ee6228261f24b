import { type Day, daysFromTo, FIELDS, fieldAt } from '@voicemode-telemetry/protocol'
import { compareVersions } from './derivedCounts.ts'
import { formatAverage, formatCount, formatDay, formatShare } from './format.ts'

export { formatCount, formatDay, formatShare } from './format.ts'

/** One row of the server's answer: so many, of one value of one field, on one UTC day. */
export interface Count {
  day: Day
  field: string
  /** The word counted; empty for a field that is a plain sum. */
  value: string
  n: number
}

/** The answer of `GET /v1/charts/daily`. Days and values without a row are zero. */
export interface DailyCounts {
  from: Day
  to: Day
  counts: Count[]
}

export interface ChartSpec {
  field: string
  /** `count` shows numbers; `share` shows each word's part. */
  show: 'count' | 'share'
  /**
   * `stack`, which it is without this: bars by day, words upon each other. `lines`: by day, one for each word.
   * `bars`: the words over all days, in the contract's order. `ranking`: the same, the largest first.
   */
  as?: 'stack' | 'lines' | 'bars' | 'ranking'
  /** Of fields that are not in the contract; others take theirs from it. */
  title?: string
  purpose?: string
  words?: readonly string[]
  /** The words that are drawn, where that is not all of them. */
  drawn?: readonly string[]
  /** Whether a day after the last row is not zero but still untold; the chart then ends before it. */
  endsWithRows?: boolean
}

/** One word on one day. */
export interface Point {
  day: Day
  word: string
  n: number
  /** Its part of the day's counts, 0 to 1; undefined on a day that has none. */
  share: number | undefined
}

/** One word over all days. */
export interface Total {
  word: string
  /** A sum; of installations the average day, since those of several days don't add up. */
  n: number
  /** Its part of all counts of all days; undefined where there are none. */
  share: number | undefined
}

type Unit = 'installations' | 'sessions' | 'operations' | 'failed calls' | 'errors'

/** A chart's numbers, ready to be drawn, tabulated and read out. */
export interface Chart extends ChartSpec {
  as: NonNullable<ChartSpec['as']>
  title: string
  purpose: string
  /** What is counted. */
  unit: Unit
  days: Day[]
  /** The words that occur, in the contract's order; `['']` for a plain sum. */
  words: string[]
  /** Every word on every day, by day and then by word. */
  points: Point[]
  /** In the order of `words`. */
  totals: Total[]
  /** The same of the days before, where these are compared: as many days, the same words. */
  before?: Pick<Chart, 'points' | 'totals'>
}

/**
 * The numbers of one chart out of the server's rows.
 *
 * @param before the days before, to compare with; as many.
 */
export function chartOf(asked: DailyCounts, spec: ChartSpec, before?: DailyCounts): Chart {
  const daily = spec.endsWithRows ? untilLastRow(asked, spec.field) : asked
  const all = [...daily.counts, ...(before?.counts ?? [])].filter((row) => row.field === spec.field)
  const words = wordsOf(spec, all)
  const unit = unitOf(spec.field)
  const { title, purpose } = spec
  const about = title && purpose ? { title, purpose } : aboutOf(spec.field)
  return {
    as: 'stack',
    ...spec,
    ...about,
    unit,
    words,
    days: daysFromTo(daily.from, daily.to),
    ...numbersOf(daily, spec.field, words, unit),
    ...(before && { before: numbersOf(before, spec.field, words, unit) }),
  }
}

function untilLastRow(daily: DailyCounts, field: string): DailyCounts {
  const told = daily.counts.filter((row) => row.field === field).map(({ day }) => day)
  return { ...daily, to: told.sort().at(-1) ?? daily.to }
}

function numbersOf(
  daily: DailyCounts,
  field: string,
  words: string[],
  unit: Unit,
): Pick<Chart, 'points' | 'totals'> {
  const rows = daily.counts.filter((row) => row.field === field)
  const counted = new Map(rows.map((row) => [`${row.day} ${row.value}`, row.n]))
  const days = daysFromTo(daily.from, daily.to)
  const points = days.flatMap((day) =>
    withShares(words.map((word) => ({ day, word, n: counted.get(`${day} ${word}`) ?? 0 }))),
  )
  const sums = withShares(words.map((word) => ({ word, n: sum(points.filter((at) => at.word === word)) })))
  const per = unit === 'installations' ? days.length : 1
  return { points, totals: sums.map((total) => ({ ...total, n: total.n / per })) }
}

/** A field's name and purpose, from the contract. */
export function aboutOf(path: string): { title: string; purpose: string } {
  const { label, purpose } = fieldAt(path)
  return { title: label, purpose }
}

function unitOf(field: string): Unit {
  if (field === 'usage.failed_steps') return 'failed calls'
  if (field === 'usage.error_types') return 'errors'
  if (/^(environment|installations)(\.|$)/.test(field)) return 'installations'
  return /operation|success/.test(field) ? 'operations' : 'sessions'
}

function wordsOf(spec: ChartSpec, rows: readonly Count[]): string[] {
  if (spec.words) return [...spec.words]
  const vocabulary = FIELDS.find(({ path }) => path === spec.field)?.words ?? []
  const seen = new Set(rows.map((row) => row.value))
  if (vocabulary.length === 0 && spec.show === 'count' && seen.size === 0) return ['']
  const known = vocabulary.filter((word) => seen.has(word))
  return [...known, ...[...seen].filter((word) => !known.includes(word)).sort(compareVersions)]
}

function withShares<Row extends { n: number }>(rows: Row[]): (Row & { share: number | undefined })[] {
  const total = sum(rows)
  return rows.map((row) => ({ ...row, share: total > 0 ? row.n / total : undefined }))
}

function sum(rows: readonly { n: number }[]): number {
  return rows.reduce((total, row) => total + row.n, 0)
}

/** Whether anything was counted on its days. */
export function isEmpty(chart: Chart): boolean {
  return chart.points.every(({ n }) => n === 0)
}

/** Whether the days before are drawn day by day, which can be done beside lines and beside a plain number. */
export function drawsBefore({ as, words, before }: Chart): boolean {
  return before !== undefined && (as === 'lines' || (as === 'stack' && words.length === 1))
}

/** Stands in a picture for the words that are too many to be drawn. */
export const REST = 'all others'

/** A picture has colours for so many words; more are more than an eye can follow. */
const MAX_DRAWN_WORDS = 6

/** A chart as its picture shows it: the most frequent words, and all others as one. */
export function drawnChart(chart: Chart): Chart {
  if (chart.drawn) return onlyWords(chart, chart.drawn)
  if (chart.words.length <= MAX_DRAWN_WORDS) return chart
  const byCount = chart.totals.toSorted((a, b) => b.n - a.n).map(({ word }) => word)
  const kept = byCount.filter((word) => !isUnnamed(word)).slice(0, MAX_DRAWN_WORDS)
  const fold = <Row extends { word: string; n: number; share: number | undefined }>(rows: Row[]): Row[] => {
    const [first, ...more] = rows.filter(({ word }) => !kept.includes(word))
    const named = rows.filter(({ word }) => kept.includes(word))
    if (!first) return named
    const rest = more.reduce(
      (all, { n, share }) => ({
        n: all.n + n,
        share: all.share === undefined ? share : all.share + (share ?? 0),
      }),
      { n: first.n, share: first.share },
    )
    return [...named, { ...first, ...rest, word: REST }]
  }
  const foldAll = ({ points, totals }: Pick<Chart, 'points' | 'totals'>) => ({
    points: chunks(points, chart.words.length).flatMap(fold),
    totals: fold(totals),
  })
  return {
    ...chart,
    words: [...chart.words.filter((word) => kept.includes(word)), REST],
    ...foldAll(chart),
    ...(chart.before && { before: foldAll(chart.before) }),
  }
}

function onlyWords(chart: Chart, drawn: readonly string[]): Chart {
  const only = <Row extends { word: string }>(rows: Row[]) => rows.filter(({ word }) => drawn.includes(word))
  const onlyDrawn = ({ points, totals }: Pick<Chart, 'points' | 'totals'>) => ({
    points: only(points),
    totals: only(totals),
  })
  return {
    ...chart,
    words: chart.words.filter((word) => drawn.includes(word)),
    ...onlyDrawn(chart),
    ...(chart.before && { before: onlyDrawn(chart.before) }),
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  )
}

/** Whether a word stands for what has no name of its own. */
function isUnnamed(word: string): boolean {
  return word === 'other' || word === 'unknown' || word === REST
}

/** The words over all days in the order in which bars show them. */
export function barsOf({ as, totals }: Chart): Total[] {
  if (as !== 'ranking') return totals
  return totals.toSorted((a, b) => Number(isUnnamed(a.word)) - Number(isUnnamed(b.word)) || b.n - a.n)
}

/** A chart in one or two sentences, for whoever does not see it. */
export function summaryOf(whole: Chart): string {
  const chart = whole.drawn ? drawnChart(whole) : whole
  const { title, days, points, totals, show, as, unit } = chart
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last || isEmpty(chart)) return `${title}: nothing was counted.`
  const when = `from ${formatDay(first)} to ${formatDay(last)} (UTC)`
  if (as === 'stack' && chart.words.length > 1) {
    const parts = totals.map((total) => `${total.word} ${formatTotal(chart, total)}`)
    const over = show === 'count' && unit === 'installations' ? 'On an average day' : 'Over all days'
    return `${title}, ${show === 'share' ? 'share by day' : 'per day'} ${when}. ${over}: ${parts.join(', ')}.`
  }
  const isShare = show === 'share'
  const shownOf = ({ n, share }: Point) => (isShare ? share : n)
  const say = (point: Point | undefined) =>
    point ? `${isShare ? formatShare(point.share) : formatCount(point.n)} on ${formatDay(point.day)}` : 'none'
  const ends = chart.words.map((word) => {
    const byValue = points
      .filter((point) => point.word === word && shownOf(point) !== undefined)
      .toSorted((a, b) => (shownOf(a) ?? 0) - (shownOf(b) ?? 0))
    const lead = chart.words.length > 1 ? `${word}, lowest` : 'Lowest'
    return `${lead}: ${say(byValue[0])}; highest: ${say(byValue.at(-1))}.`
  })
  return `${title} per day ${when}. ${ends.join(' ')}`
}

/** A total as its chart shows it. */
export function formatTotal({ show, unit }: Pick<Chart, 'show' | 'unit'>, { n, share }: Total): string {
  if (show === 'share') return formatShare(share)
  return unit === 'installations' ? formatAverage(n) : formatCount(n)
}
