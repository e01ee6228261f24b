import { addDays, type Day, FIELDS, isDay, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import {
  type DayRange,
  type FieldValue,
  isChartRange,
  MAX_CHART_DAYS,
  parseFieldValue,
  SEGMENT_FIELDS,
  writeFieldValue,
} from '@voicemode-telemetry/protocol/wire/charts'
import { FIRST_DAY, lastMonth, lastWeek, wholeDays } from './days.ts'

/** The ranges on offer, in days. */
export const RANGES_DAYS = [7, 30, 90] as const
const DEFAULT_RANGE_DAYS = 30

/** Whole weeks and months on offer: the last ones that are over. */
export const PRESETS = ['last-week', 'last-month'] as const
type Preset = (typeof PRESETS)[number]

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Everything that the page's URL says. The same URL shows the same page to everyone. */
export interface PageState {
  /** The last whole days, the last whole week or month, or a custom range. */
  range: { lastDays: (typeof RANGES_DAYS)[number] } | { preset: Preset } | DayRange
  /** Only installations with this value are shown; undefined for all installations. */
  filter: FieldValue | undefined
  /** What charts draw beside their numbers: the previous period, or one version; undefined for nothing. */
  compare: 'previous' | FieldValue | undefined
  show: 'share' | 'count'
  /** The value whose breakdown is open. */
  breakdown: FieldValue | undefined
  theme: Theme
}

/** The fields that the server can filter by, one at a time, beginning with the version. */
export const FILTER_FIELDS: readonly string[] = [
  VERSION_FIELD,
  ...SEGMENT_FIELDS.filter((field) => field !== VERSION_FIELD),
]
/** The field whose values can be compared with. */
export const COMPARE_FIELDS: readonly string[] = [VERSION_FIELD]
/** The fields whose values the server can break down. */
export const BREAKDOWN_FIELDS = FIELDS.filter((field) => field.isMap).map((field) => field.path)

/** Reads the query of a URL. Anything that is not on offer is ignored. */
export function parseState(query: string): PageState {
  const params = new URLSearchParams(query)
  const fieldValueIn = (name: string, fields: readonly string[]) =>
    parseFieldValue(params.get(name) ?? '', fields)
  return {
    range: parseRange(params),
    filter: fieldValueIn('filter', FILTER_FIELDS),
    compare: params.get('compare') === 'previous' ? 'previous' : fieldValueIn('compare', COMPARE_FIELDS),
    show: params.get('show') === 'count' ? 'count' : 'share',
    breakdown: fieldValueIn('breakdown', BREAKDOWN_FIELDS),
    theme: THEMES.find((theme) => theme === params.get('theme')) ?? 'system',
  }
}

/** Writes the query of a state, with its question mark. Defaults are left out, except the range. */
export function writeState({ range, filter, compare, show, breakdown, theme }: PageState): string {
  const query = {
    ...('from' in range ? range : { range: 'preset' in range ? range.preset : String(range.lastDays) }),
    ...(filter && { filter: writeFieldValue(filter) }),
    ...(compare && { compare: writeCompare(compare) }),
    ...(show === 'count' && { show }),
    ...(breakdown && { breakdown: writeFieldValue(breakdown) }),
    ...(theme !== 'system' && { theme }),
  }
  // Colons need no escape in a query, and people read the URL.
  return `?${new URLSearchParams(query).toString().replaceAll('%3A', ':')}`
}

/** Writes what is compared with. */
export function writeCompare(compare: PageState['compare']): string {
  return compare === undefined || compare === 'previous' ? (compare ?? '') : writeFieldValue(compare)
}

/** Why the days that a URL's query names are not shown; undefined where they are, or it names none. */
export function rangeProblemIn(query: string): string | undefined {
  const params = new URLSearchParams(query)
  if (!params.has('from') && !params.has('to')) return undefined
  if ('from' in parseRange(params)) return undefined
  return rangeProblem({ from: params.get('from') ?? '', to: params.get('to') ?? '' })
}

/** What is wrong with a custom range; undefined where it can be shown. */
export function rangeProblem({ from, to }: DayRange): string | undefined {
  if (!isDay(from) || !isDay(to)) return 'A range needs a first and a last day.'
  if (from > to) return 'The first day is after the last one.'
  if (from < FIRST_DAY) return 'No event is that old.'
  return isChartRange({ from, to }) ? undefined : `A range has at most ${MAX_CHART_DAYS} days.`
}

function parseRange(params: URLSearchParams): PageState['range'] {
  const from = params.get('from') ?? ''
  const to = params.get('to') ?? ''
  if (!rangeProblem({ from, to })) return { from, to }
  const preset = PRESETS.find((name) => name === params.get('range'))
  if (preset) return { preset }
  const lastDays = RANGES_DAYS.find((days) => String(days) === params.get('range'))
  return { lastDays: lastDays ?? DEFAULT_RANGE_DAYS }
}

/** The days that a state shows. @param lastDay the last day that is over. */
export function daysOf({ range }: Pick<PageState, 'range'>, lastDay: Day): DayRange {
  if ('lastDays' in range) return { from: addDays(lastDay, 1 - range.lastDays), to: lastDay }
  if ('preset' in range) return range.preset === 'last-week' ? lastWeek(lastDay) : lastMonth(lastDay)
  return wholeDays(range, lastDay)
}
