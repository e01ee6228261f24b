import type { Usage } from './usageFixtures.ts'

/**
 * Counts by hand what the page must show. It shares no code with server and page: a day is a number of milliseconds, and every
 * number is counted anew from all usage.
 */

const DAY_MS = 86_400_000
const ms = (day: string) => Date.parse(`${day}T00:00:00Z`)
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

export type Filter =
  | [name: 'version' | 'os_type' | 'mcp_host' | 'install_method' | 'exec_source', value: string]
  | undefined

/** Numbers by day and value. */
export type Table = Record<string, Record<string, number>>

export function daysFrom(from: string, to: string): string[] {
  const days: string[] = []
  for (let at = ms(from); at <= ms(to); at += DAY_MS) days.push(dayOf(at))
  return days
}

export function minor(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version
}

export function only(usages: readonly Usage[], filter: Filter): Usage[] {
  if (!filter) return [...usages]
  const [name, value] = filter
  return usages.filter(({ environment }) =>
    name === 'version' ? minor(environment.version) === value : environment[name] === value,
  )
}

const installationsIn = (usages: readonly Usage[]) =>
  new Set(usages.map(({ installation }) => installation)).size

const VALUES_OF: Record<string, (usage: Usage) => string[]> = {
  'Session length': (usage) => usage.durations,
  'Exchanges per session': (usage) => usage.exchanges,
  'Where calls fail': (usage) => usage.operations.filter((step) => step !== null),
  'Kinds of error': (usage) => usage.errors,
  Transport: (usage) => usage.transports,
  'Text-to-speech (TTS) provider': (usage) => usage.ttsProviders,
  'Speech-to-text (STT) provider': (usage) => usage.sttProviders,
}

const VALUE_OF: Record<string, (usage: Usage) => string> = {
  Assistant: (usage) => usage.environment.mcp_host,
  'Operating system': (usage) => usage.environment.os_type,
  'Install method': (usage) => usage.environment.install_method,
  'Launched from': (usage) => usage.environment.exec_source,
}

/** What the table of each chart must contain, except the retention table. */
export function recount(
  usages: readonly Usage[],
  from: string,
  to: string,
  filter: Filter,
): Record<string, Table> {
  const chosen = only(usages, filter)
  const firstDay = firstDayOf(usages)
  const tables: Record<string, Table> = {}
  const put = (chart: string, day: string, value: string, n: number) => {
    tables[chart] ??= {}
    tables[chart][day] ??= {}
    tables[chart][day][value] = (tables[chart][day][value] ?? 0) + n
  }
  for (const day of daysFrom(from, to)) {
    const today = chosen.filter((usage) => usage.day === day)
    put('Active installations', day, 'Active installations', installationsIn(today))
    put('Sessions', day, 'Sessions', today.flatMap((usage) => usage.durations).length)
    const outcomes = today.flatMap((usage) => usage.operations)
    for (const chart of ['Operations', 'Success rate']) {
      put(chart, day, 'succeeded', outcomes.filter((step) => step === null).length)
      put(chart, day, 'failed', outcomes.filter((step) => step !== null).length)
    }
    for (const [chart, valuesOf] of Object.entries(VALUES_OF)) {
      for (const value of today.flatMap(valuesOf)) put(chart, day, value, 1)
    }
    for (const [chart, valueIn] of Object.entries(VALUE_OF)) {
      for (const value of new Set(today.map(valueIn))) {
        put(chart, day, value, installationsIn(today.filter((usage) => valueIn(usage) === value)))
      }
    }
    for (const version of new Set(today.map((usage) => usage.environment.version))) {
      const users = installationsIn(today.filter((usage) => usage.environment.version === version))
      put('Version', day, minor(version), users)
    }
    // These count all installations, whatever the filter.
    const all = usages.filter((usage) => usage.day === day)
    for (const days of [7, 30]) {
      put('Active in 7 and 30 days', day, `in ${days} days`, installationsIn(activeWithin(usages, day, days)))
    }
    // Who was active before the first day that the server knows cannot be told.
    if (ms(day) < ms(firstDay) + 29 * DAY_MS) continue
    const fresh = newOn(usages, day).length
    put('New and returning', day, 'new', fresh)
    put('New and returning', day, 'returning', installationsIn(all) - fresh)
  }
  return tables
}

function activeWithin(usages: readonly Usage[], day: string, days: number): Usage[] {
  return usages.filter((usage) => ms(usage.day) <= ms(day) && ms(usage.day) > ms(day) - days * DAY_MS)
}

export function firstDayOf(usages: readonly Usage[]): string {
  return usages.map(({ day }) => day).sort()[0] ?? ''
}

/** The installations active on a day and on none of the 29 days before. */
function newOn(usages: readonly Usage[], day: string): number[] {
  const before = new Set(
    activeWithin(usages, dayOf(ms(day) - DAY_MS), 29).map(({ installation }) => installation),
  )
  const today = new Set(usages.filter((usage) => usage.day === day).map(({ installation }) => installation))
  return [...today].filter((installation) => !before.has(installation))
}

/** How many of the installations new in the week of a Monday were active in each week since; only weeks that are over. */
export function recountCohort(usages: readonly Usage[], monday: string, lastDay: string): number[] {
  const week = (later: number) =>
    daysFrom(dayOf(ms(monday) + 7 * later * DAY_MS), dayOf(ms(monday) + (7 * later + 6) * DAY_MS))
  const members = new Set(week(0).flatMap((day) => newOn(usages, day)))
  const counts: number[] = []
  for (let later = 0; later < 13 && ms(monday) + (7 * later + 6) * DAY_MS <= ms(lastDay); later++) {
    const days = new Set(week(later))
    counts.push(
      installationsIn(usages.filter(({ installation, day }) => members.has(installation) && days.has(day))),
    )
  }
  return counts
}

/** The Mondays of the 13 weeks up to the week of a day. */
export function mondaysTo(day: string): string[] {
  let monday = ms(day)
  while (new Date(monday).getUTCDay() !== 1) monday -= DAY_MS
  return Array.from({ length: 13 }, (_, n) => dayOf(monday - (12 - n) * 7 * DAY_MS))
}

/** How often a value of a chart was counted in each segment, and out of how many: of a failed step, all calls. */
export function recountBreakdown(
  usages: readonly Usage[],
  from: string,
  to: string,
  chart: string,
  value: string | undefined,
) {
  const isFailure = chart === 'Where calls fail'
  const valuesOf = VALUES_OF[chart] ?? (() => [])
  const wholeOf = (usage: Usage) => (isFailure ? usage.operations : valuesOf(usage)).length
  const within = usages.filter(({ day }) => from <= day && day <= to)
  const by = (valueIn: (usage: Usage) => string) => {
    const counts: Record<string, [n: number, of: number]> = {}
    for (const usage of within) {
      if (wholeOf(usage) === 0) continue
      const values = valuesOf(usage).filter((one) => value === undefined || one === value)
      const [n, of] = counts[valueIn(usage)] ?? [0, 0]
      counts[valueIn(usage)] = [n + values.length, of + wholeOf(usage)]
    }
    return counts
  }
  return {
    Version: by((usage) => minor(usage.environment.version)),
    'Operating system': by((usage) => usage.environment.os_type),
    Assistant: by((usage) => usage.environment.mcp_host),
    'Install method': by((usage) => usage.environment.install_method),
    'Launched from': by((usage) => usage.environment.exec_source),
  }
}
