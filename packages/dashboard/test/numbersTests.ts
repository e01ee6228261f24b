import { addDays, type Day } from '@voicemode-telemetry/protocol'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { daysAgo, openPage, usages, YESTERDAY } from './fixture.ts'
import { figureOf, numberIn, type ReadTable, readHeadlines, readTables, readTotals } from './readPage.ts'
import {
  daysFrom,
  type Filter,
  firstDayOf,
  minor,
  mondaysTo,
  only,
  recount,
  recountCohort,
  type Table,
} from './recount.ts'
import type { Usage } from './usageFixtures.ts'

/** What a page is asked for. */
interface Request {
  query: string
  from: Day
  to: Day
  filter?: Filter
  showsCounts?: true
  compares?: true
}

const lastDays = (days: number) => ({ from: daysAgo(days), to: YESTERDAY })
const [first, last] = [usages[0], usages.at(-1)]
const version = minor(
  usages.find(({ environment }) => environment.version !== 'unknown')?.environment.version ?? '',
)
const system = last?.environment.os_type ?? ''
const method = last?.environment.install_method ?? ''
const source = first?.environment.exec_source ?? ''
const assistant = first?.environment.mcp_host ?? ''

const REQUESTS: [name: string, Request][] = [
  ['by default', { query: '', ...lastDays(30) }],
  ['as counts, over 90 days', { query: '?range=90&show=count', ...lastDays(90), showsCounts: true }],
  [
    'of one version, with the previous period',
    {
      query: `?range=30&compare=previous&filter=environment.version:${version}`,
      ...lastDays(30),
      filter: ['version', version],
      compares: true,
    },
  ],
  [
    'of one system, over a custom range',
    {
      query: `?from=${daysAgo(60)}&to=${daysAgo(41)}&compare=previous&show=count&filter=environment.os_type:${system}`,
      ...{ from: daysAgo(60), to: daysAgo(41) },
      filter: ['os_type', system],
      showsCounts: true,
      compares: true,
    },
  ],
  [
    'of one assistant, over 7 days',
    {
      query: `?range=7&filter=environment.mcp_host:${assistant}`,
      ...lastDays(7),
      filter: ['mcp_host', assistant],
    },
  ],
  [
    'of one install method',
    {
      query: `?range=30&filter=environment.install_method:${method}`,
      ...lastDays(30),
      filter: ['install_method', method],
    },
  ],
  [
    'of one launch source, with the previous period',
    {
      query: `?range=7&compare=previous&filter=environment.exec_source:${source}`,
      ...lastDays(7),
      filter: ['exec_source', source],
      compares: true,
    },
  ],
]

/** The charts that show counts, whatever the reader chose. */
const COUNT_CHARTS = [
  'Active installations',
  'Active in 7 and 30 days',
  'New and returning',
  'Sessions',
  'Operations',
]
const isPrevious = (column: string) => column.endsWith('previous period')

/** New installations can be told from others once 29 days before are known. */
const newnessKnownFrom = () => addDays(firstDayOf(usages), 29)
const knownMondaysTo = (day: Day) => mondaysTo(day).filter((monday) => monday >= newnessKnownFrom())

export function numbersTests(): void {
  test.each(REQUESTS)('match an independent count: %s', async (_, request) => {
    const page = await openPage(request.query)
    const { Retention: retention, ...tables } = await readTables(page)
    const expected = recount(usages, request.from, request.to, request.filter)
    expect(Object.keys(tables)).toEqual(expect.arrayContaining(Object.keys(expected)))
    for (const [title, table] of Object.entries(tables)) {
      const isShare = title === 'Success rate' || !(request.showsCounts || COUNT_CHARTS.includes(title))
      const isKnown = (day: Day) => title !== 'New and returning' || day >= newnessKnownFrom()
      const days = daysFrom(request.from, request.to).filter(isKnown)
      if (days.length > 0)
        expectTable(table, title, expected[title] ?? {}, isShare, days, wholesOf(title, expected))
    }
    expectRetention(retention, request)
    await expectTotals(page, tables, expected, request)
    expectHeadlines(await readHeadlines(page), request)
  })

  test('of one version stand beside those of another', async () => {
    const other =
      usages
        .map(({ environment }) => minor(environment.version))
        .find((one) => /^8/.test(one) && one !== version) ?? ''
    const page = await openPage(
      `?range=7&filter=environment.version:${version}&compare=environment.version:${other}`,
    )
    const tables = await readTables(page)
    const theirs = recount(usages, daysAgo(7), YESTERDAY, ['version', other])
    const day = daysAgo(1)
    expect(tables.Sessions?.rows[day]?.[other]).toBe(theirs.Sessions?.[day]?.Sessions ?? 0)
    const local = Object.values(theirs.Transport ?? {}).reduce((sum, row) => sum + (row.local ?? 0), 0)
    expect(tables.Transport?.foot[`Total, ${other}`]?.local ?? 0).toBe(local)
    // What is counted for all installations only has no numbers of one version.
    expect(tables['Active in 7 and 30 days']?.columns).toEqual(['in 7 days', 'in 30 days'])
    expect(tables['New and returning']?.foot).not.toHaveProperty(`Average day, ${other}`)
  })

  test('include those of the previous period, by day and in total', async () => {
    const page = await openPage('?range=7&compare=previous')
    const { from } = lastDays(7)
    const tables = await readTables(page)
    const filtered = await readTables(
      await openPage(`?range=7&compare=previous&filter=environment.version:${version}`),
    )
    const previous = recount(usages, addDays(from, -7), addDays(from, -1), undefined)
    for (const n of [0, 3, 6]) {
      const sessions = previous.Sessions?.[addDays(from, n - 7)]?.Sessions
      expect(tables.Sessions?.rows[addDays(from, n)]?.['previous period']).toBe(sessions)
      const title = 'Active in 7 and 30 days'
      const month = previous[title]?.[addDays(from, n - 7)]?.['in 30 days']
      expect(tables[title]?.rows[addDays(from, n)]?.['in 30 days, previous period']).toBe(month)
      expect(filtered[title]?.rows[addDays(from, n)]).toEqual(tables[title]?.rows[addDays(from, n)])
    }
    const local = Object.values(previous.Transport ?? {}).reduce((sum, row) => sum + (row.local ?? 0), 0)
    expect(tables.Transport?.foot['Total, previous period']?.local).toBe(local)
  })
}

/** Expects the rows of a table, and the shares beside the numbers if it has any. */
function expectTable(
  table: ReadTable,
  title: string,
  counted: Table,
  isShare: boolean,
  days: Day[],
  wholes: Record<string, number> | undefined,
): void {
  // A comparison adds the values of the previous period.
  const values = table.columns.filter((column) => !isPrevious(column))
  expect(values, title).toEqual(expect.arrayContaining(Object.values(counted).flatMap(Object.keys)))
  const currentOf = (rows: ReadTable['rows']) =>
    days.map((day) => [day, ...values.map((value) => rows[day]?.[value])])
  const countsOf = (day: Day) => values.map((value) => counted[day]?.[value] ?? 0)
  expect(Object.keys(table.rows), title).toEqual(days)
  expect(currentOf(table.rows), title).toEqual(days.map((day) => [day, ...countsOf(day)]))
  const sharesOf = (day: Day) => {
    const sum = countsOf(day).reduce((total, n) => total + n, 0)
    const of = wholes?.[day] ?? sum
    return countsOf(day).map((n) => (isShare && of > 0 ? near((100 * n) / of, 0.0501) : undefined))
  }
  expect(currentOf(table.shares), title).toEqual(days.map((day) => [day, ...sharesOf(day)]))
}

/** Failed calls are a share of all calls of a day; of other charts the values add up to the whole. */
function wholesOf(title: string, expected: Record<string, Table>): Record<string, number> | undefined {
  if (title !== 'Where calls fail') return undefined
  const calls = Object.entries(expected.Operations ?? {})
  return Object.fromEntries(calls.map(([day, { succeeded = 0, failed = 0 }]) => [day, succeeded + failed]))
}

function expectRetention(table: ReadTable | undefined, { to, showsCounts }: Request): void {
  const expected = knownMondaysTo(to).map((monday) => {
    const counts = recountCohort(usages, monday, YESTERDAY)
    const size = counts[0] || undefined
    const cells = Array.from({ length: 13 }, (_, week) => {
      const n = counts[week]
      if (size === undefined || n === undefined) return undefined
      return showsCounts ? n : Math.round((100 * n) / size)
    })
    return [size, ...cells]
  })
  // A week in which nobody was new has no row.
  const rows = expected.filter(([size]) => size !== undefined)
  expect(Object.values(table?.rows ?? {}).map((row) => table?.columns.map((column) => row[column]))).toEqual(
    rows,
  )
}

/** Expects what legends, bars and the last row of tables say about all days. */
async function expectTotals(
  page: Page,
  tables: Record<string, ReadTable>,
  expected: Record<string, Table>,
  { from, to, showsCounts }: Request,
): Promise<void> {
  const start = firstDayOf(usages)
  const days = daysFrom(from < start ? start : from, to).length
  for (const [title, footLabel, perDay] of [
    ['Transport', 'Total', 1],
    ['Speech-to-text (STT) provider', 'Total', 1],
    ['Session length', 'Total', 1],
    ['Where calls fail', 'Total', 1],
    ['Kinds of error', 'Total', 1],
    ['Assistant', 'Average day', days],
  ] as const) {
    const sums: Record<string, number> = {}
    for (const row of Object.values(expected[title] ?? {})) {
      for (const [value, n] of Object.entries(row)) sums[value] = (sums[value] ?? 0) + n
    }
    const all = Object.values(wholesOf(title, expected) ?? sums).reduce((total, n) => total + n, 0)
    const each = (of: (n: number) => unknown) =>
      Object.fromEntries(Object.entries(sums).map(([value, n]) => [value, of(n)]))
    const shown = await readTotals(figureOf(page, title))
    expect(shown, title).toMatchObject(each((n) => textOf(showsCounts ? n / perDay : (100 * n) / all)))
    expect(tables[title]?.foot[footLabel] ?? {}, title).toMatchObject(each((n) => near(n / perDay, 0.1)))
  }
}

function expectHeadlines(shown: Awaited<ReturnType<typeof readHeadlines>>, request: Request): void {
  const { from, to, filter, compares } = request
  const days = daysFrom(from, to).length
  const within = (of: readonly Usage[], start = from, end = to) =>
    of.filter(({ day }) => start <= day && day <= end)
  const chosen = within(only(usages, filter))
  const previous = within(only(usages, filter), addDays(from, -days), addDays(from, -1))
  const isThere = addDays(from, -days) >= firstDayOf(usages) && Number.isFinite(failedPer100(previous))
  const operations = chosen.flatMap((usage) => usage.operations)
  const providers = chosen.flatMap((usage) => usage.sttProviders)
  const installations = new Set(within(usages, addDays(to, -29)).map(({ installation }) => installation))
  const cohorts = knownMondaysTo(to)
    .filter((monday) => addDays(monday, 13) <= YESTERDAY)
    .map((monday) => recountCohort(usages, monday, YESTERDAY))
  const cohortSum = (week: number) => cohorts.reduce((sum, counts) => sum + (counts[week] ?? 0), 0)
  expect(shown).toMatchObject({
    Sessions: { value: textOf(chosen.flatMap((usage) => usage.durations).length) },
    'Success rate': { value: textOf(percentOf(operations, null)) },
    'Local Whisper': { value: textOf(percentOf(providers, 'whisper-local')) },
    'Active in 30 days': { value: textOf(installations.size) },
    'Return in week 2': { value: textOf((100 * cohortSum(1)) / cohortSum(0)) },
    'Failed calls per 100': {
      value: textOf(failedPer100(chosen)),
      change: isThere ? changeOf(failedPer100(chosen), failedPer100(previous)) : '',
      beside: [
        ...(filter ? [textOf(failedPer100(within(usages)))] : []),
        ...(compares ? [textOf(failedPer100(previous))] : []),
      ],
    },
  })
}

function failedPer100(of: readonly Usage[]): number {
  return (
    100 -
    percentOf(
      of.flatMap((usage) => usage.operations),
      null,
    )
  )
}

/** The change that a headline shows; none where there was nothing to make a number of, now or before. */
function changeOf(now: number, before: number) {
  if (Number.isNaN(now - before)) return ''
  return matcher(`from ${before} to ${now}`, (shown) => {
    const [, way, size, from] = /^(▲|▼|no clear change) ?(\S+)? from (\S+)$/.exec(String(shown)) ?? []
    if (Math.abs(Number(from) - before) >= 0.0501) return false
    // Whether a change is clear has tests of its own.
    if (way === 'no clear change') return true
    return Math.abs((way === '▼' ? -1 : 1) * Number(size) - (now - before)) < 0.051
  })
}

function percentOf<Item>(items: readonly Item[], item: Item): number {
  return (100 * items.filter((one) => one === item).length) / items.length
}

/** Matches a number that differs by less than a tolerance. */
function near(value: number, tolerance: number) {
  return matcher(`about ${value}`, (shown) => Math.abs(Number(shown) - value) < tolerance)
}

/** Matches a text with a number, as it is rounded there, after any words; or a dash if the number is not finite. */
function textOf(value: number) {
  return matcher(`a text with about ${value}`, (shown) => {
    const text = String(shown).replace(/^[a-z ]+: /, '')
    if (!Number.isFinite(value)) return text === '–'
    const tolerance = text.startsWith('<') ? 0.1 : text.includes('.') ? 0.0501 : 0.501
    return Math.abs((numberIn(text) ?? Number.NaN) - value) < tolerance
  })
}

/** Stands in an expected value for everything that matches. @param name what a failure prints. */
function matcher(name: string, asymmetricMatch: (shown: unknown) => boolean) {
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch,
    toString: () => name,
    toAsymmetricMatcher: () => name,
  }
}
