import { addDays, type Day, dayAt, daysFromTo, fieldAt, startOfDay } from '@voicemode-telemetry/protocol'

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

/** The ranges on offer, in days. */
export const RANGES_DAYS = [7, 30, 90] as const
export type RangeDays = (typeof RANGES_DAYS)[number]
const DEFAULT_RANGE_DAYS: RangeDays = 30

export interface ChartSpec {
  field: string
  /** `count` draws sums; `share` draws each word's part of its day. */
  show: 'count' | 'share'
  /** Of fields that are not in the contract; others take theirs from it. */
  title?: string
  purpose?: string
}

/** The charts of the page, in reading order. */
export const CHARTS: readonly ChartSpec[] = [
  {
    field: 'installations',
    show: 'count',
    title: 'Active installations',
    purpose: 'Shows how many people use VoiceMode, as far as they share it.',
  },
  { field: 'usage.total_sessions', show: 'count' },
  { field: 'usage.tts_provider_usage', show: 'share' },
  { field: 'usage.stt_provider_usage', show: 'share' },
  { field: 'usage.transport_usage', show: 'share' },
]

/** One word on one day. */
export interface Point {
  day: Day
  word: string
  n: number
  /** Its part of the day's counts, 0 to 1; undefined on a day that has none. */
  share: number | undefined
}

/** A chart's numbers, ready to be drawn, tabulated and read out. */
export interface Chart extends ChartSpec {
  title: string
  purpose: string
  days: Day[]
  /** The words that occur, in the contract's order; `['']` for a plain sum. */
  words: string[]
  /** Every word on every day, by day and then by word. */
  points: Point[]
  /** Sums over all days, in the order of `words`. */
  totals: { word: string; n: number; share: number | undefined }[]
}

/** The numbers of one chart out of the server's rows. */
export function chartOf(daily: DailyCounts, spec: ChartSpec): Chart {
  const rows = daily.counts.filter((row) => row.field === spec.field)
  const counted = new Map(rows.map((row) => [`${row.day} ${row.value}`, row.n]))
  const days = daysFromTo(daily.from, daily.to)
  const words = wordsOf(spec, rows)
  const points = days.flatMap((day) =>
    withShares(words.map((word) => ({ day, word, n: counted.get(`${day} ${word}`) ?? 0 }))),
  )
  const totals = withShares(
    words.map((word) => ({ word, n: sum(points.filter((point) => point.word === word)) })),
  )
  const { title, purpose } = spec
  const about = title && purpose ? { title, purpose } : aboutOf(spec.field)
  return { ...spec, ...about, days, words, points, totals }
}

function aboutOf(path: string): { title: string; purpose: string } {
  const { label, purpose } = fieldAt(path)
  return { title: label, purpose }
}

function wordsOf(spec: ChartSpec, rows: Count[]): string[] {
  if (spec.show === 'count') return ['']
  const seen = new Set(rows.map((row) => row.value))
  const known = fieldAt(spec.field).words.filter((word) => seen.has(word))
  return [...known, ...[...seen].filter((word) => !known.includes(word)).sort()]
}

function withShares<Row extends { n: number }>(rows: Row[]): (Row & { share: number | undefined })[] {
  const total = sum(rows)
  return rows.map((row) => ({ ...row, share: total > 0 ? row.n / total : undefined }))
}

function sum(rows: readonly { n: number }[]): number {
  return rows.reduce((total, row) => total + row.n, 0)
}

export interface Headline {
  label: string
  value: string
  note: string
}

/** The numbers at the top of the page. */
export function headlinesOf(daily: DailyCounts): Headline[] {
  const pointsOf = (field: string) =>
    chartOf(daily, { field, show: 'count', title: field, purpose: field }).points
  const installations = pointsOf('installations')
  const days = installations.length
  const sessions = sum(pointsOf('usage.total_sessions'))
  const operations = sum(pointsOf('usage.total_operations'))
  const installationDays = sum(installations)
  return [
    {
      label: 'Active installations a day',
      value: formatCount(installationDays / days),
      note: `on average; ${formatCount(installations.at(-1)?.n ?? 0)} on the last day`,
    },
    { label: 'Sessions', value: formatCount(sessions), note: `${formatCount(sessions / days)} a day` },
    {
      label: 'Sessions per installation',
      value: installationDays > 0 ? formatRatio(sessions / installationDays) : '–',
      note: 'on a day on which it is active',
    },
    { label: 'Operations', value: formatCount(operations), note: `${formatCount(operations / days)} a day` },
  ]
}

/** A chart in one or two sentences, for whoever does not see it. */
export function summaryOf(chart: Chart): string {
  const { title, days, points, totals } = chart
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last || sum(totals) === 0) return `${title}: nothing was counted.`
  const when = `from ${formatDay(first)} to ${formatDay(last)} (UTC)`
  if (chart.show === 'share') {
    const parts = totals.map(({ word, share }) => `${word} ${formatShare(share)}`)
    return `${title}, share by day ${when}. Over all days: ${parts.join(', ')}.`
  }
  const byCount = points.toSorted((a, b) => a.n - b.n)
  const say = (point: Point | undefined) =>
    point ? `${formatCount(point.n)} on ${formatDay(point.day)}` : 'none'
  return `${title} per day ${when}. Lowest: ${say(byCount[0])}; highest: ${say(byCount.at(-1))}.`
}

/** The range that an address's query asks for: `?range=7`; the default where it asks for none on offer. */
export function rangeIn(query: string): RangeDays {
  const asked = Number(new URLSearchParams(query).get('range'))
  return RANGES_DAYS.find((days) => days === asked) ?? DEFAULT_RANGE_DAYS
}

/** The last whole UTC days before an instant. Today is left out: a day is reported once it is over. */
export function lastDays(days: number, nowMs: number): { from: Day; to: Day } {
  const to = addDays(dayAt(nowMs), -1)
  return { from: addDays(to, 1 - days), to }
}

const countFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const ratioFormat = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

export function formatCount(n: number): string {
  return countFormat.format(n)
}

function formatRatio(n: number): string {
  return ratioFormat.format(n)
}

/** A share as percent with one decimal; a dash where there is none. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? '–' : `${formatRatio(share * 100)}%`
}

/** `21 Nov 2026`. */
export function formatDay(day: Day): string {
  return dayFormat.format(startOfDay(day))
}
