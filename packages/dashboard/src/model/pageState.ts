import { addDays, type Day, FIELDS, isDay } from '@voicemode-telemetry/protocol'
import {
  type DayRange,
  type FieldValue,
  isChartRange,
  parseFieldValue,
  SEGMENT_FIELDS,
  writeFieldValue,
} from '@voicemode-telemetry/protocol/wire/charts'
import { FIRST_DAY, wholeDays } from './days.ts'

/** The ranges on offer, in days. */
export const RANGES_DAYS = [7, 30, 90] as const
const DEFAULT_RANGE_DAYS = 30

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Everything that the page's URL says. The same URL shows the same page to everyone. */
export interface PageState {
  /** The last whole days, or a custom range. */
  range: { lastDays: (typeof RANGES_DAYS)[number] } | DayRange
  /** Only installations with this value are shown; undefined for all installations. */
  filter: FieldValue | undefined
  /** Whether the previous period is shown too. */
  compares: boolean
  show: 'share' | 'count'
  /** The value whose breakdown is open. */
  breakdown: FieldValue | undefined
  theme: Theme
}

/** The fields that the server can filter by, one at a time, beginning with the version. */
export const FILTER_FIELDS: readonly string[] = SEGMENT_FIELDS.toReversed()
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
    compares: params.get('compare') === 'previous',
    show: params.get('show') === 'count' ? 'count' : 'share',
    breakdown: fieldValueIn('breakdown', BREAKDOWN_FIELDS),
    theme: THEMES.find((theme) => theme === params.get('theme')) ?? 'system',
  }
}

/** Writes the query of a state, with its question mark. Defaults are left out, except the range. */
export function writeState({ range, filter, compares, show, breakdown, theme }: PageState): string {
  const query = {
    ...('lastDays' in range ? { range: String(range.lastDays) } : range),
    ...(filter && { filter: writeFieldValue(filter) }),
    ...(compares && { compare: 'previous' }),
    ...(show === 'count' && { show }),
    ...(breakdown && { breakdown: writeFieldValue(breakdown) }),
    ...(theme !== 'system' && { theme }),
  }
  // Colons need no escape in a query, and people read the URL.
  return `?${new URLSearchParams(query).toString().replaceAll('%3A', ':')}`
}

function parseRange(params: URLSearchParams): PageState['range'] {
  const from = params.get('from') ?? ''
  const to = params.get('to') ?? ''
  if (isDay(from) && isDay(to) && from >= FIRST_DAY && isChartRange({ from, to })) return { from, to }
  const lastDays = RANGES_DAYS.find((days) => String(days) === params.get('range'))
  return { lastDays: lastDays ?? DEFAULT_RANGE_DAYS }
}

/** The days that a state shows. @param lastDay the last day that is over. */
export function daysOf({ range }: PageState, lastDay: Day): DayRange {
  if ('lastDays' in range) return { from: addDays(lastDay, 1 - range.lastDays), to: lastDay }
  return wholeDays(range, lastDay)
}
