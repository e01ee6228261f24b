import { compareVersions, type Day, daysFromTo, FIELDS, fieldAt } from '@voicemode-telemetry/protocol'
import { type Count, wholeOf } from '@voicemode-telemetry/protocol/wire/charts'
import { formatShortChange } from '../model/change.ts'
import { countableDays } from '../model/days.ts'
import { formatAverage, formatCount, formatShare } from '../model/format.ts'
import type { Sample } from '../model/noise.ts'
import type { Compared, Rows } from '../model/numbers.ts'
import { ratio, total } from '../model/sums.ts'

export interface ChartSpec {
  field: string
  /** `count` shows numbers; `share` shows the part of each value. */
  show: 'count' | 'share'
  /**
   * `stack`, the default: a bar for each day with the values on top of each other. `lines`: by day, a line for each value.
   * `bars`: a bar for each value over all days, in the contract's order. `ranking`: the same, the largest first.
   */
  as?: 'stack' | 'lines' | 'bars' | 'ranking'
  /** For a field that is not in the contract; other fields have their title, purpose and values there. */
  title?: string
  purpose?: string
  values?: readonly string[]
  /** The values to draw, if not all of them. */
  drawn?: readonly string[]
  /** Whether one installation counts for several values, so that they have no shares. */
  overlaps?: boolean
  /** The value of which each installation counts on one day only, so that its days can be added up. */
  countedOnce?: string
  /** Whether days after the last row are unknown, not zero. The chart then ends with the last row. */
  endsWithLastRow?: boolean
}

/** One value on one day. */
export interface Point {
  day: Day
  value: string
  n: number
  /** The whole that it is a share of: the day's counts, or what {@link wholeOf} names. */
  of: number
  /** 0 to 1; undefined on a day without a whole. */
  share: number | undefined
}

/** One value over all days. */
export interface Total {
  value: string
  /** A sum; for installations the average day, because those of several days can't be added up. */
  n: number
  /** The whole that it is a share of, as in {@link Point}. */
  of: number
  /** 0 to 1; undefined if there is no whole. */
  share: number | undefined
}

/** The numbers of a chart for one period. */
export interface ChartNumbers {
  /** Every value on every day, sorted by day and then by value. */
  points: Point[]
  /** In the order of the chart's values. */
  totals: Total[]
}

type Unit = 'installations' | 'sessions' | 'uses' | 'operations' | 'failed calls' | 'errors'

/** A chart with its numbers, for the picture, the table and the summary. */
export interface Chart extends ChartSpec, ChartNumbers {
  as: NonNullable<ChartSpec['as']>
  title: string
  purpose: string
  /** What is counted. */
  unit: Unit
  days: Day[]
  /** The values that occur, in the contract's order; `['']` for a plain number. */
  values: string[]
  /** As many days before, the same values; the tooltip tells the difference. */
  previous?: ChartNumbers
  /** Numbers to draw beside these: as many days, the same values. */
  compared?: ChartNumbers & { label: string }
}

/** The rows that a chart's own are set beside. */
interface OtherRows {
  previous?: Rows | undefined
  compared?: Pick<Compared, 'label' | 'rows'> | undefined
}

/** Makes a chart from the server's rows. */
export function chartOf(requested: Rows, spec: ChartSpec, { previous, compared }: OtherRows = {}): Chart {
  const daily = spec.endsWithLastRow ? untilLastRow(requested, spec.field) : requested
  const rows = [...daily.counts, ...(compared?.rows.counts ?? [])].filter((row) => row.field === spec.field)
  const values = valuesOf(spec, rows)
  const unit = unitOf(spec.field)
  const { title, purpose } = spec
  return {
    as: 'stack',
    ...spec,
    ...(title && purpose ? { title, purpose } : labelsOf(spec.field)),
    unit,
    values,
    days: daysFromTo(daily.from, daily.to),
    ...numbersOf(daily, spec.field, values, unit),
    ...(previous && { previous: numbersOf(previous, spec.field, values, unit) }),
    ...(compared && {
      compared: { ...numbersOf(compared.rows, spec.field, values, unit), label: compared.label },
    }),
  }
}

function untilLastRow(daily: Rows, field: string): Rows {
  const days = daily.counts.filter((row) => row.field === field).map(({ day }) => day)
  return { ...daily, to: days.sort().at(-1) ?? daily.to }
}

function numbersOf(
  { from, to, since, counts }: Rows,
  field: string,
  values: string[],
  unit: Unit,
): ChartNumbers {
  const rows = counts.filter((row) => row.field === field)
  const counted = new Map(rows.map((row) => [`${row.day} ${row.value}`, row.n]))
  const wholes = new Map<Day, number>()
  for (const row of counts) {
    if (row.field === wholeOf(field)) wholes.set(row.day, (wholes.get(row.day) ?? 0) + row.n)
  }
  const days = daysFromTo(from, to)
  const points = days.flatMap((day) => {
    const of = wholes.get(day) ?? 0
    return values.map((value) => withShare({ day, value, n: counted.get(`${day} ${value}`) ?? 0, of }))
  })
  const per = unit === 'installations' ? countableDays({ from, to, ...(since && { since }) }) : 1
  const of = total(days.map((day) => ({ n: wholes.get(day) ?? 0 }))) / per
  const totals = values.map((value) =>
    withShare({ value, n: total(points.filter((at) => at.value === value)) / per, of }),
  )
  return { points, totals }
}

/** The id of the element with this title, for links to it. */
export function idOf(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}

/** A field's title and purpose, from the contract. */
export function labelsOf(path: string): { title: string; purpose: string } {
  const { label, purpose } = fieldAt(path)
  return { title: label, purpose }
}

function unitOf(field: string): Unit {
  if (field === 'usage.failed_steps') return 'failed calls'
  if (field === 'usage.error_types') return 'errors'
  if (/^(environment|installations)(\.|$)/.test(field)) return 'installations'
  if (/provider/.test(field)) return 'uses'
  return /operation|success/.test(field) ? 'operations' : 'sessions'
}

function valuesOf(spec: ChartSpec, rows: readonly Count[]): string[] {
  if (spec.values) return [...spec.values]
  const vocabulary = FIELDS.find(({ path }) => path === spec.field)?.words ?? []
  const seen = new Set(rows.map((row) => row.value))
  if (vocabulary.length === 0 && spec.show === 'count' && seen.size === 0) return ['']
  const known = vocabulary.filter((value) => seen.has(value))
  return [...known, ...[...seen].filter((value) => !known.includes(value)).sort(compareVersions)]
}

function withShare<Row extends { n: number; of: number }>(row: Row): Row & { share: number | undefined } {
  return { ...row, share: ratio(row.n, row.of) }
}

/** What is compared of a point or a total: its share where the chart shows shares, otherwise its number. */
export function sampleOf({ show, unit }: Pick<Chart, 'show' | 'unit'>, { n, of }: Point | Total): Sample {
  return { n, ...(show === 'share' && { of }), unit: countedUnitOf(unit) }
}

export function countedUnitOf(unit: Unit): Sample['unit'] {
  if (unit === 'installations') return unit
  return unit === 'sessions' || unit === 'uses' ? 'sessions' : 'calls'
}

/** Whether nothing was counted on any day. */
export function isEmpty(chart: Chart): boolean {
  return chart.points.every(({ n }) => n === 0)
}

/** The points of the day with this index. */
export function pointsOfDay({ points }: ChartNumbers, { values }: Chart, index: number): Point[] {
  return points.slice(index * values.length, (index + 1) * values.length)
}

/** How a total changed on the previous period, as `▲ 1.5`; undefined where that is not known. */
export function changeOfTotal(chart: Chart, total: Total): string | undefined {
  const before = chart.previous?.totals.find(({ value }) => value === total.value)
  const days = chart.countedOnce === total.value ? chart.days.length : 1
  const sumOf = (one: Total) => sampleOf(chart, { ...one, n: one.n * days })
  return formatShortChange(sumOf(total), before && sumOf(before))
}

/** A total as its chart shows it. */
export function formatTotal({ show, unit }: Pick<Chart, 'show' | 'unit'>, { n, share }: Total): string {
  if (show === 'share') return formatShare(share)
  return unit === 'installations' ? formatAverage(n) : formatCount(n)
}
