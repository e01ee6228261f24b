import {
  DURATION_BINS,
  daysFromTo,
  EXEC_SOURCES,
  MCP_HOSTS,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf } from '../src/counts/isoWeek.ts'
import { createHost } from '../src/createHost.ts'
import { uniformFrom } from '../src/report/mechanism/discreteLaplace.ts'
import { encodeReport, encodeReportCsv } from '../src/report/mechanism/encodeReport.ts'
import { mergeDays } from '../src/report/mechanism/mergeDays.ts'
import {
  addNoise,
  composeReport,
  countWeek,
  FOLD_BELOW,
  makeWeeklyReport,
  type NoisyCounts,
  planTables,
  TABLES_FROM,
  versionWords,
  type WeeklyReport,
} from '../src/report/mechanism/weeklyReport.ts'
import { anyEvent, eventOf } from './events.ts'
import { seededBytes } from './reportStatistics.ts'

const WEEK = '2026-W47'
const { from, to } = boundsOf(WEEK)
const DAYS = daysFromTo(from, to)
const RELEASES = ['8.11.1', '8.12.0', '8.12.1', '8.9.0']
const PLAN = planTables(RELEASES)

const anyWeek = fc.array(fc.oneof(...DAYS.map((day) => anyEvent(day))), { maxLength: 40 }).map(byInstallation)

function byInstallation(events: TelemetryEvent[]): TelemetryEvent[] {
  return events.toSorted((a, b) => (a.telemetry_id < b.telemetry_id ? -1 : 1))
}

async function cellsOf(events: TelemetryEvent[], field: string): Promise<Record<string, number>> {
  const { tables } = await countWeek(WEEK, PLAN, byInstallation(events))
  const at = PLAN.findIndex((table) => table.field === field)
  const pairs = PLAN[at]?.words.map((word, place): [string, number] => [word, tables[at]?.[place] ?? 0])
  return Object.fromEntries((pairs ?? []).filter(([, n]) => n > 0))
}

function withEnvironment(event: TelemetryEvent, environment: Partial<TelemetryEvent['environment']>) {
  return { ...event, environment: { ...event.environment, ...environment } }
}

function withUsage(event: TelemetryEvent, usage: Partial<TelemetryEvent['usage']>) {
  return { ...event, usage: { ...event.usage, ...usage } }
}

/** Noisy counts of nothing but the numbers given. */
function noisy(total: number, cells: Record<string, Record<string, number>> = {}): NoisyCounts {
  return {
    noisyTotal: total,
    noisyTables: PLAN.map(({ field, words }) => words.map((word) => cells[field]?.[word] ?? 0)),
  }
}

function tableOf(report: WeeklyReport, field: string) {
  return report.tables.find((table) => table.field === field)
}

describe('counting', () => {
  test('an installation counts once in each table, under the value most of its days had', async () => {
    const [first, second, third] = await Promise.all(
      DAYS.slice(0, 3).map((day) => eventOf({ installation: 1, day })),
    )
    if (!first || !second || !third) throw new Error('a week has three days')
    const events = [first, withEnvironment(second, { mcp_host: 'zed' }), third]
    expect(await cellsOf(events, 'environment.mcp_host')).toEqual({ 'claude-code': 1 })
    expect(await cellsOf(events, 'usage.tts_provider_usage')).toEqual({ kokoro: 1 })
  })

  test('of equally frequent values the first of the vocabulary counts', async () => {
    const event = await eventOf({ installation: 1, day: from })
    const other = withEnvironment(await eventOf({ installation: 1, day: to }), {
      mcp_host: 'zed',
      exec_source: 'cli',
    })
    expect(MCP_HOSTS.indexOf('claude-code')).toBeLessThan(MCP_HOSTS.indexOf('zed'))
    expect(await cellsOf([other, event], 'environment.mcp_host')).toEqual({ 'claude-code': 1 })
    expect(await cellsOf([other, event], 'environment.exec_source')).toEqual({ [EXEC_SOURCES[0]]: 1 })
    const even = withUsage(event, { duration_distribution: { '>60min': 4, '5-10min': 4, '1-5min': 3 } })
    expect(DURATION_BINS.indexOf('5-10min')).toBeLessThan(DURATION_BINS.indexOf('>60min'))
    expect(await cellsOf([even], 'usage.duration_distribution')).toEqual({ '5-10min': 1 })
  })

  test('of a map the word with the highest sum over the week counts', async () => {
    const usages = [{ local: 3 }, { local: 3 }, { livekit: 5 }, { livekit: 2 }]
    const events = await Promise.all(
      usages.map(async (transport_usage, at) =>
        withUsage(await eventOf({ installation: 1, day: DAYS[at] ?? from }), { transport_usage }),
      ),
    )
    expect(await cellsOf(events, 'usage.transport_usage')).toEqual({ livekit: 1 })
  })

  test('an installation without errors all week counts nowhere among the kinds of error', async () => {
    const event = withUsage(await eventOf({ installation: 1, day: from }), { error_types: {} })
    expect(await cellsOf([event], 'usage.error_types')).toEqual({})
  })

  test('an installation counts once among the failed steps, under the one at which it failed most', async () => {
    const steps = [{ record: 40 }, { speak: 30, transcribe: 1 }, { speak: 30 }, {}]
    const events = await Promise.all(
      steps.map(async (failed_steps, at) =>
        withUsage(await eventOf({ installation: 1, day: DAYS[at] ?? from }), {
          total_operations: 100,
          failed_steps,
        }),
      ),
    )
    expect(await cellsOf(events, 'usage.failed_steps')).toEqual({ speak: 1 })
    expect(await cellsOf(events.slice(-1), 'usage.failed_steps')).toEqual({})
  })

  test('a version counts as its minor release, one that was never released as other', async () => {
    const versions = ['8.12.0', '8.12.7', '8.9.3', '9999.1.2', 'unknown']
    const events = await Promise.all(
      versions.map(async (version, installation) =>
        withEnvironment(await eventOf({ installation, day: from }), { version }),
      ),
    )
    expect(await cellsOf(events, 'environment.version')).toEqual({
      '8.12': 2,
      '8.9': 1,
      unknown: 1,
      other: 1,
    })
  })

  test('patch releases of an installation count together', async () => {
    const versions = ['8.11.1', '8.11.1', '8.12.0', '8.12.1', '8.12.2']
    const events = await Promise.all(
      versions.map(async (version, at) =>
        withEnvironment(await eventOf({ installation: 1, day: DAYS[at] ?? from }), { version }),
      ),
    )
    expect(await cellsOf(events, 'environment.version')).toEqual({ '8.12': 1 })
  })

  test('no table counts more than there are installations, and one of words counts exactly those', async () => {
    await fc.assert(
      fc.asyncProperty(anyWeek, async (events) => {
        const { installations, tables } = await countWeek(WEEK, PLAN, events)
        expect(installations).toBe(new Set(events.map((event) => event.telemetry_id)).size)
        for (const [at, { field }] of PLAN.entries()) {
          const sum = tables[at]?.reduce((a, b) => a + b, 0) ?? 0
          if (field.startsWith('environment.')) expect(sum).toBe(installations)
          else {
            const name = field.split('.')[1] as 'error_types'
            const used = events.filter((event) => Object.keys(event.usage[name]).length > 0)
            expect(sum).toBe(new Set(used.map((event) => event.telemetry_id)).size)
          }
        }
      }),
    )
  })

  test('one installation more changes the total by one and at most one cell of a table, by one', async () => {
    await fc.assert(
      fc.asyncProperty(anyWeek, async (events) => {
        const leaver = events[0]?.telemetry_id
        const one = await countWeek(WEEK, PLAN, events)
        const without = events.filter((event) => event.telemetry_id !== leaver)
        const other = await countWeek(WEEK, PLAN, without)
        expect(one.installations - other.installations).toBe(leaver === undefined ? 0 : 1)
        for (const [at, cells] of one.tables.entries()) {
          const changes = cells.map((n, place) => n - (other.tables[at]?.[place] ?? 0))
          expect(changes.filter((change) => change !== 0).length).toBeLessThanOrEqual(1)
          expect(changes.every((change) => change === 0 || change === 1)).toBe(true)
        }
      }),
    )
  })

  test('the order of the events of an installation does not matter', async () => {
    const shuffled = anyWeek.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length }).map(byInstallation),
      ),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([events, others]) => {
        expect(await countWeek(WEEK, PLAN, others)).toEqual(await countWeek(WEEK, PLAN, events))
      }),
    )
  })

  test('counts agree with a plain count over all events at once', async () => {
    await fc.assert(
      fc.asyncProperty(anyWeek, async (events) => {
        const { tables } = await countWeek(WEEK, PLAN, events)
        const ids = [...new Set(events.map((event) => event.telemetry_id))]
        for (const [at, { field, words }] of PLAN.entries()) {
          const name = field.split('.')[1] ?? ''
          const favourites = ids.flatMap((id) => {
            const weights = words.map((word) =>
              events
                .filter((event) => event.telemetry_id === id)
                .map(({ environment, usage }) => {
                  if (field === 'environment.version') {
                    return Number(Object(environment)[name].replace(/\.\d+$/, '') === word)
                  }
                  if (field.startsWith('environment.')) return Number(Object(environment)[name] === word)
                  return Number(Object(usage)[name][word] ?? 0)
                })
                .reduce((a, b) => a + b, 0),
            )
            const most = Math.max(...weights)
            return most > 0 ? [words[weights.indexOf(most)]] : []
          })
          expect(tables[at]).toEqual(words.map((word) => favourites.filter((one) => one === word).length))
        }
      }),
    )
  })

  test('an event of another week or out of order is a broken promise', async () => {
    const late = await eventOf({ installation: 1, day: '2026-11-23' })
    await expect(countWeek(WEEK, PLAN, [late])).rejects.toThrow(RangeError)
    const events = [
      await eventOf({ installation: 2, day: from }),
      await eventOf({ installation: 1, day: from }),
    ]
    await expect(countWeek(WEEK, PLAN, events)).rejects.toThrow(RangeError)
  })
})

describe('the days of a week', () => {
  async function* inOrder(events: TelemetryEvent[], onLeave = () => {}) {
    try {
      yield* events
    } finally {
      onLeave()
    }
  }

  test('are merged so that the events of an installation stand together, none lost', async () => {
    await fc.assert(
      fc.asyncProperty(anyWeek, async (events) => {
        const days = DAYS.map((day) => inOrder(events.filter((event) => event.timestamp.startsWith(day))))
        const merged: TelemetryEvent[] = []
        for await (const event of mergeDays(days)) merged.push(event)
        expect(merged.length).toBe(events.length)
        expect(new Set(merged)).toEqual(new Set(events))
        expect(await countWeek(WEEK, PLAN, merged)).toEqual(await countWeek(WEEK, PLAN, events))
      }),
    )
  })

  test('are let go of when reading stops early', async () => {
    const left: number[] = []
    const days = await Promise.all(
      DAYS.map(async (day, at) => inOrder([await eventOf({ installation: 1, day })], () => left.push(at))),
    )
    for await (const _ of mergeDays(days)) break
    expect(left.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})

describe('the report', () => {
  test('has a table for every field of words and for the version, and splits epsilon over all and the total', () => {
    expect(PLAN.map(({ field }) => field)).toEqual([
      'environment.os_type',
      'environment.install_method',
      'environment.mcp_host',
      'environment.exec_source',
      'environment.version',
      'usage.duration_distribution',
      'usage.exchanges_per_session',
      'usage.transport_usage',
      'usage.tts_provider_usage',
      'usage.stt_provider_usage',
      'usage.failed_steps',
      'usage.error_types',
    ])
    const report = composeReport(WEEK, PLAN, noisy(600))
    expect(report).toMatchObject({ week: WEEK, from: '2026-11-16', to: '2026-11-22', epsilon: 1 })
    expect(report).toMatchObject({ tables_published: 13, epsilon_per_table: 1 / 13, noise_scale: 13 })
    expect(report.plus_minus).toBe(39)
  })

  test('folds values under 50 into other, and says which', () => {
    const hosts = { 'claude-code': 400, cursor: 50, zed: 49, cline: -7, codex: 3, other: 20 }
    const report = composeReport(WEEK, PLAN, noisy(600, { 'environment.mcp_host': hosts }))
    const table = tableOf(report, 'environment.mcp_host')
    expect(table?.rows.map(({ value, n }) => [value, n])).toEqual([
      ['claude-code', 400],
      ['cursor', 50],
      ['other', 65],
    ])
    expect(table?.folded).toEqual(
      MCP_HOSTS.filter((host) => !['claude-code', 'cursor', 'other'].includes(host)),
    )
  })

  test('gives other to a table whose vocabulary has none, where something was folded', () => {
    const cells = { 'environment.exec_source': { mcp: 590, cli: 10 } }
    const folded = composeReport(WEEK, PLAN, noisy(600, cells))
    expect(tableOf(folded, 'environment.exec_source')?.rows).toEqual([
      { value: 'mcp', n: 590, plus_minus: 39 },
      { value: 'other', n: 10, plus_minus: 39 },
    ])
    const whole = composeReport(WEEK, PLAN, noisy(600, { 'environment.exec_source': { mcp: 400, cli: 200 } }))
    expect(tableOf(whole, 'environment.exec_source')?.rows.map(({ value }) => value)).toEqual(['mcp', 'cli'])
  })

  test('has wider error bars where more noise was folded', () => {
    const report = composeReport(WEEK, PLAN, noisy(600))
    const widths = report.tables.map(({ rows, folded }) => [folded.length, rows.at(-1)?.plus_minus ?? 0])
    expect(Math.max(...widths.map(([, width]) => width ?? 0))).toBeGreaterThan(100)
  })

  test('shows nothing but the total where that is under 500 with its noise', () => {
    const cells = { 'environment.os_type': { Linux: 499 } }
    expect(composeReport(WEEK, PLAN, noisy(TABLES_FROM - 1, cells))).toMatchObject({ total: 499, tables: [] })
    expect(composeReport(WEEK, PLAN, noisy(TABLES_FROM, cells)).tables.length).toBe(PLAN.length)
    expect(composeReport(WEEK, PLAN, noisy(-3))).toMatchObject({ total: 0, tables: [] })
  })

  test('never has a negative number, nor one under 50 that is not the total or other', () => {
    const anyCells = fc.array(
      fc.array(fc.integer({ min: -100, max: 300 }), { minLength: 20, maxLength: 20 }),
      {
        minLength: PLAN.length,
        maxLength: PLAN.length,
      },
    )
    fc.assert(
      fc.property(anyCells, fc.integer({ min: -50, max: 2000 }), (cells, noisyTotal) => {
        const noisyTables = PLAN.map(({ words }, at) => words.map((_, place) => cells[at]?.[place] ?? 0))
        const report = composeReport(WEEK, PLAN, { noisyTotal, noisyTables })
        expect(report.total).toBe(Math.max(0, noisyTotal))
        for (const { rows } of report.tables) {
          for (const { value, n } of rows)
            expect(n).toBeGreaterThanOrEqual(value === 'other' ? 0 : FOLD_BELOW)
        }
        for (const [at, { rows, folded }] of report.tables.entries()) {
          const sum = noisyTables[at]?.reduce((a, b) => a + b, 0) ?? 0
          const shown = rows.reduce((total, { n }) => total + n, 0)
          if (rows.at(-1)?.value !== 'other' || rows.at(-1)?.n !== 0) expect(shown).toBe(sum)
          else expect(shown).toBeGreaterThanOrEqual(sum)
          const words = new Set([...rows.map(({ value }) => value), ...folded, 'other'])
          expect(words).toEqual(new Set([...(PLAN[at]?.words ?? []), 'other']))
        }
      }),
    )
  })

  test('names the same words whatever the events say, so that no row betrays that somebody was there', async () => {
    const strange = withEnvironment(await eventOf({ installation: 1, day: from }), { version: '7.77.7' })
    const wordsOf = async (events: TelemetryEvent[]) => {
      const counts = await countWeek(WEEK, PLAN, events)
      const { noisyTables } = addNoise(counts, () => 0)
      return composeReport(WEEK, PLAN, { noisyTotal: 600, noisyTables }).tables.map(({ rows, folded }) =>
        [...rows.map(({ value }) => value), ...folded].toSorted(),
      )
    }
    expect(await wordsOf([strange])).toEqual(await wordsOf([]))
  })

  test('adds a noise of its own to every count, zeros too', () => {
    let calls = 0
    const counts = { installations: 0, tables: PLAN.map(({ words }) => words.map(() => 0)) }
    const { noisyTotal, noisyTables } = addNoise(counts, () => ++calls)
    const cells = PLAN.reduce((sum, { words }) => sum + words.length, 0)
    expect(calls).toBe(cells + 1)
    expect(new Set([noisyTotal, ...noisyTables.flat()]).size).toBe(cells + 1)
  })

  test('has the same bytes for the same events and noise, and for its keys in another order', async () => {
    const events = await Promise.all(
      Array.from({ length: 700 }, (_, installation) => eventOf({ installation, day: from })),
    )
    const make = (seed: number) =>
      makeWeeklyReport({ week: WEEK, releases: RELEASES, events, randomBytes: seededBytes(seed) })
    const report = await make(1)
    const bytes = encodeReport(report)
    expect(encodeReport(await make(1))).toBe(bytes)
    expect(encodeReport(await make(2))).not.toBe(bytes)
    expect(JSON.parse(bytes)).toEqual(report)
    const turned = Object.fromEntries(Object.entries(report).reverse()) as unknown as WeeklyReport
    expect(encodeReport(turned)).toBe(bytes)
    expect(Math.abs(report.total - 700)).toBeLessThan(200)
  })

  test('is a CSV file of its numbers, the total first', () => {
    const cells = { 'environment.os_type': { Linux: 500, Darwin: 100 } }
    const lines = encodeReportCsv(composeReport(WEEK, PLAN, noisy(600, cells))).split('\r\n')
    expect(lines.slice(0, 5)).toEqual([
      'week,field,value,n,plus_minus',
      '2026-W47,installations,,600,39',
      '2026-W47,environment.os_type,Linux,500,39',
      '2026-W47,environment.os_type,Darwin,100,39',
      expect.stringMatching(/^2026-W47,environment\.os_type,other,0,\d+$/),
    ])
    expect(lines.at(-1)).toBe('')
    expect(lines.slice(0, -1).every((line) => line.split(',').length === 5)).toBe(true)
  })

  test('lists minor releases newest first, each once', () => {
    expect(versionWords(RELEASES)).toEqual(['8.12', '8.11', '8.9', 'unknown', 'other'])
    expect(versionWords([])).toEqual(['unknown', 'other'])
    expect(() => versionWords(['8.12.0rc1'])).toThrow(RangeError)
  })

  test('cannot be foreseen from the cryptographic source: two of one week differ', async () => {
    const counts = { installations: 1000, tables: PLAN.map(({ words }) => words.map(() => 1000)) }
    const uniformBelow = uniformFrom(createHost().randomBytes)
    const make = () =>
      encodeReport(
        composeReport(
          WEEK,
          PLAN,
          addNoise(counts, () => uniformBelow(1000)),
        ),
      )
    expect(make()).not.toBe(make())
  })
})
