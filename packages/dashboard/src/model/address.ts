import { addDays, type Day, dayAt, daysBetween, FIELDS, fieldAt, isDay } from '@voicemode-telemetry/protocol'

/** The ranges on offer, in days. */
export const RANGES_DAYS = [7, 30, 90] as const
const DEFAULT_RANGE_DAYS = 30
/** The longest own range: the server answers with no more days at once. */
export const MAX_RANGE_DAYS = 400
/** No event is older. */
export const FIRST_DAY: Day = '2020-01-01'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Both ends are included. */
export interface DayRange {
  from: Day
  to: Day
}

/** One word of one field. */
export interface Choice {
  /** A path of the contract, as `usage.transport_usage`. */
  field: string
  value: string
}

/** All that the address says of the page: whoever opens it sees the same. */
export interface PageState {
  /** The last whole days, or days of one's own. */
  range: { lastDays: (typeof RANGES_DAYS)[number] } | DayRange
  /** Whose numbers are shown; undefined: everyone's. */
  filter: Choice | undefined
  /** Whether the same number of days before stands beside. */
  compares: boolean
  show: 'share' | 'count'
  /** The word whose users are shown. */
  who: Choice | undefined
  theme: Theme
}

/** What the server can filter by, one at a time. A version is written `MAJOR.MINOR`. */
export const FILTER_FIELDS = ['environment.version', 'environment.mcp_host', 'environment.os_type']
/** The fields of whose words the server tells who they come from. */
export const WHO_FIELDS = FIELDS.filter((field) => field.isMap).map((field) => field.path)

const MINOR_VERSION = /^(unknown|(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3}))$/

/** Reads an address's query. Whatever it holds that is not on offer counts as not said. */
export function parseState(query: string): PageState {
  const params = new URLSearchParams(query)
  const choiceIn = (name: string, fields: readonly string[]): Choice | undefined => {
    const [, field = '', value = ''] = /^([^:]*):(.*)$/s.exec(params.get(name) ?? '') ?? []
    return fields.includes(field) && isWordOf(field, value) ? { field, value } : undefined
  }
  return {
    range: parseRange(params),
    filter: choiceIn('filter', FILTER_FIELDS),
    compares: params.get('compare') === 'before',
    show: params.get('show') === 'count' ? 'count' : 'share',
    who: choiceIn('who', WHO_FIELDS),
    theme: THEMES.find((theme) => theme === params.get('theme')) ?? 'system',
  }
}

/** The query of a state, with its question mark. What is as usual is left out, but for the range. */
export function writeState({ range, filter, compares, show, who, theme }: PageState): string {
  const said = {
    ...('lastDays' in range ? { range: String(range.lastDays) } : { from: range.from, to: range.to }),
    ...(filter && { filter: writeChoice(filter) }),
    ...(compares && { compare: 'before' }),
    ...(show === 'count' && { show }),
    ...(who && { who: writeChoice(who) }),
    ...(theme !== 'system' && { theme }),
  }
  // Colons need no escape in a query, and the address is read by people.
  return `?${new URLSearchParams(said).toString().replaceAll('%3A', ':')}`
}

export function writeChoice({ field, value }: Choice): string {
  return `${field}:${value}`
}

function parseRange(params: URLSearchParams): PageState['range'] {
  const from = params.get('from') ?? ''
  const to = params.get('to') ?? ''
  if (isDay(from) && isDay(to) && from >= FIRST_DAY && from <= to && daysBetween(from, to) < MAX_RANGE_DAYS) {
    return { from, to }
  }
  const asked = params.get('range')
  return { lastDays: RANGES_DAYS.find((days) => String(days) === asked) ?? DEFAULT_RANGE_DAYS }
}

export function isWordOf(field: string, value: string): boolean {
  const { words } = fieldAt(field)
  return words.length > 0 ? words.includes(value) : MINOR_VERSION.test(value)
}

/** The last UTC day that is over. Today is left out: a day is reported once it is over. */
export function lastWholeDay(nowMs: number): Day {
  return addDays(dayAt(nowMs), -1)
}

/** The days that a state means at an instant; none of them is still under way. */
export function daysOf({ range }: PageState, nowMs: number): DayRange {
  const last = lastWholeDay(nowMs)
  if ('lastDays' in range) return { from: addDays(last, 1 - range.lastDays), to: last }
  return { from: earlierOf(range.from, last), to: earlierOf(range.to, last) }
}

function earlierOf(a: Day, b: Day): Day {
  return [a, b].sort()[0] ?? a
}

export function laterOf(a: Day, b: Day): Day {
  return [a, b].sort()[1] ?? a
}

/** As many days, just before. */
export function daysBefore({ from, to }: DayRange): DayRange {
  const days = daysBetween(from, to) + 1
  return { from: addDays(from, -days), to: addDays(to, -days) }
}

/** Where the server has the counts of each day. */
export function dailyUrl(
  days: DayRange,
  only: { field?: string; filter?: Choice | undefined; format?: 'csv' } = {},
): string {
  const { filter, ...rest } = only
  const said = { ...days, ...rest, ...(filter && { filter: writeChoice(filter) }) }
  return `/v1/charts/daily?${new URLSearchParams(said)}`
}

/** Where the server has whom a word comes from. */
export function segmentsUrl(days: DayRange, who: Choice, format?: 'csv'): string {
  return `/v1/charts/segments?${new URLSearchParams({ ...days, ...who, ...(format && { format }) })}`
}
