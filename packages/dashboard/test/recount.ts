import type { Use } from './madeUse.ts'

/**
 * Counts by hand what the page shows, from what was used. It knows nothing of how server and page count: days are milliseconds,
 * every number is made by looking at all use anew.
 */

const DAY_MS = 86_400_000
const ms = (day: string) => Date.parse(`${day}T00:00:00Z`)
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

export type Filter = [name: 'version' | 'os_type' | 'mcp_host', value: string] | undefined

/** Numbers by day and word. */
export type Table = Record<string, Record<string, number>>

export function daysFrom(from: string, to: string): string[] {
  const days: string[] = []
  for (let at = ms(from); at <= ms(to); at += DAY_MS) days.push(dayOf(at))
  return days
}

export function minor(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version
}

export function only(uses: readonly Use[], filter: Filter): Use[] {
  if (!filter) return [...uses]
  const [name, value] = filter
  return uses.filter(({ environment }) =>
    name === 'version' ? minor(environment.version) === value : environment[name] === value,
  )
}

const installationsIn = (uses: readonly Use[]) => new Set(uses.map(({ who }) => who)).size

const WORDS_OF: Record<string, (use: Use) => string[]> = {
  'Session length': (use) => use.durations,
  'Exchanges per session': (use) => use.exchanges,
  'Where calls fail': (use) => use.operations.filter((step) => step !== null),
  'Kinds of error': (use) => use.errors,
  Transport: (use) => use.transports,
  'Text-to-speech (TTS) provider': (use) => use.speakers,
  'Speech-to-text (STT) provider': (use) => use.listeners,
}

const VALUE_OF: Record<string, (use: Use) => string> = {
  Assistant: (use) => use.environment.mcp_host,
  'Operating system': (use) => use.environment.os_type,
  'Install method': (use) => use.environment.install_method,
  'Launched from': (use) => use.environment.exec_source,
}

/** What each chart's table must hold, but for who came back. */
export function recount(
  uses: readonly Use[],
  from: string,
  to: string,
  filter: Filter,
): Record<string, Table> {
  const chosen = only(uses, filter)
  const tables: Record<string, Table> = {}
  const put = (chart: string, day: string, word: string, n: number) => {
    tables[chart] ??= {}
    tables[chart][day] ??= {}
    tables[chart][day][word] = (tables[chart][day][word] ?? 0) + n
  }
  for (const day of daysFrom(from, to)) {
    const today = chosen.filter((use) => use.day === day)
    put('Active installations', day, 'Active installations', installationsIn(today))
    put('Sessions', day, 'Sessions', today.flatMap((use) => use.durations).length)
    const outcomes = today.flatMap((use) => use.operations)
    for (const chart of ['Operations', 'Success rate']) {
      put(chart, day, 'succeeded', outcomes.filter((step) => step === null).length)
      put(chart, day, 'failed', outcomes.filter((step) => step !== null).length)
    }
    for (const [chart, wordsOf] of Object.entries(WORDS_OF)) {
      for (const word of today.flatMap(wordsOf)) put(chart, day, word, 1)
    }
    for (const [chart, valueIn] of Object.entries(VALUE_OF)) {
      for (const value of new Set(today.map(valueIn))) {
        put(chart, day, value, installationsIn(today.filter((use) => valueIn(use) === value)))
      }
    }
    for (const version of new Set(today.map((use) => use.environment.version))) {
      const users = installationsIn(today.filter((use) => use.environment.version === version))
      put('Version', day, minor(version), users)
    }
    // These are everyone's, whatever the filter.
    const all = uses.filter((use) => use.day === day)
    for (const days of [7, 30]) {
      put('Active over weeks', day, `in ${days} days`, installationsIn(activeWithin(uses, day, days)))
    }
    const fresh = newOn(uses, day).length
    put('New and returning', day, 'new', fresh)
    put('New and returning', day, 'returning', installationsIn(all) - fresh)
  }
  return tables
}

function activeWithin(uses: readonly Use[], day: string, days: number): Use[] {
  return uses.filter((use) => ms(use.day) <= ms(day) && ms(use.day) > ms(day) - days * DAY_MS)
}

/** Those active on a day and on none of the 29 before. */
function newOn(uses: readonly Use[], day: string): number[] {
  const before = new Set(activeWithin(uses, dayOf(ms(day) - DAY_MS), 29).map(({ who }) => who))
  const today = new Set(uses.filter((use) => use.day === day).map(({ who }) => who))
  return [...today].filter((who) => !before.has(who))
}

/** Of those new in the week of a Monday, how many were active in each of the weeks from that one on, as far as they are over. */
export function recountCohort(uses: readonly Use[], monday: string, lastDay: string): number[] {
  const week = (later: number) =>
    daysFrom(dayOf(ms(monday) + 7 * later * DAY_MS), dayOf(ms(monday) + (7 * later + 6) * DAY_MS))
  const members = new Set(week(0).flatMap((day) => newOn(uses, day)))
  const counts: number[] = []
  for (let later = 0; later < 13 && ms(monday) + (7 * later + 6) * DAY_MS <= ms(lastDay); later++) {
    const days = new Set(week(later))
    counts.push(installationsIn(uses.filter(({ who, day }) => members.has(who) && days.has(day))))
  }
  return counts
}

/** The Mondays of the 13 weeks up to a day's. */
export function mondaysTo(day: string): string[] {
  let monday = ms(day)
  while (new Date(monday).getUTCDay() !== 1) monday -= DAY_MS
  return Array.from({ length: 13 }, (_, n) => dayOf(monday - (12 - n) * 7 * DAY_MS))
}

/** How often a word of a chart was used with each value of the environment, and how often any word. */
export function recountWho(uses: readonly Use[], from: string, to: string, chart: string, word: string) {
  const wordsOf = WORDS_OF[chart] ?? (() => [])
  const within = uses.filter(({ day }) => from <= day && day <= to)
  const by = (valueIn: (use: Use) => string) => {
    const counts: Record<string, [n: number, of: number]> = {}
    for (const use of within) {
      const words = wordsOf(use)
      if (words.length === 0) continue
      const [n, of] = counts[valueIn(use)] ?? [0, 0]
      counts[valueIn(use)] = [n + words.filter((one) => one === word).length, of + words.length]
    }
    return counts
  }
  return {
    Version: by((use) => minor(use.environment.version)),
    'Operating system': by((use) => use.environment.os_type),
    Assistant: by((use) => use.environment.mcp_host),
  }
}
