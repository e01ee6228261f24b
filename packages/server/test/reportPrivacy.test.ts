import { boundsOf, daysFromTo, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { exampleEnvironment } from '../../../scripts/exampleEnvironment.ts'
import { type Ratio, sampleDiscreteLaplace, uniformFrom } from '../src/report/mechanism/discreteLaplace.ts'
import { errorBarsOf } from '../src/report/mechanism/errorBars.ts'
import {
  addNoise,
  composeReport,
  countWeek,
  EPSILON_PER_WEEK,
  type NoisyCounts,
  noiseScale,
  planTables,
  type WeekCounts,
} from '../src/report/mechanism/weeklyReport.ts'
import { eventOf } from './events.ts'
import { auditedEpsilon, binomialTail, lowerBound, seededBytes, upperBound } from './reportStatistics.ts'

const RUNS = 20_000
/** A bound exceeds the true epsilon in at most one of a thousand audits; they are seeded, so these here never change. */
const ALPHA = 0.001

const WEEK = '2026-W47'
const { from, to } = boundsOf(WEEK)
const PLAN = planTables(['8.12.0', '8.11.0'])
const SCALE = noiseScale(PLAN)
const PLUS_MINUS = errorBarsOf(SCALE)

/** What turns true counts into noisy ones; a broken one stands in for `addNoise` below. */
type Mechanism = (counts: WeekCounts, sample: (scale: Ratio) => number) => NoisyCounts

const AS_PUBLISHED: Mechanism = (counts, sample) => addNoise(counts, () => sample(SCALE))

function quarterOfTheNoise(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  return addNoise(counts, () => sample({ ...SCALE, denominator: SCALE.denominator * 4 }))
}

function halfOfTheNoise(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  return addNoise(counts, () => sample({ ...SCALE, denominator: SCALE.denominator * 2 }))
}

function epsilonForEachTable(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  return addNoise(counts, () => sample({ numerator: 1, denominator: EPSILON_PER_WEEK }))
}

function noNoiseOnZeros(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  const noise = (n: number) => (n === 0 ? 0 : n + sample(SCALE))
  return {
    noisyTotal: noise(counts.installations),
    noisyTables: counts.tables.map((cells) => cells.map(noise)),
  }
}

/** One noise for all cells hides each of them, and shows their differences as they are. */
function sameNoiseForAll(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  const noise = sample(SCALE)
  return addNoise(counts, () => noise)
}

function totalWithoutNoise(counts: WeekCounts, sample: (scale: Ratio) => number): NoisyCounts {
  return { ...AS_PUBLISHED(counts, sample), noisyTotal: counts.installations }
}

interface Neighbours {
  without: WeekCounts
  with: WeekCounts
}

/** What an attacker makes of a published week: the higher, the more he believes that the newcomer is in it. */
interface Suspicion {
  of: (noisy: NoisyCounts) => number
  /** The highest it can be. */
  highest: number
}

/**
 * The audited lower bound of a mechanism's epsilon for each suspicion, from {@link RUNS} runs on each of the neighbours. The
 * bounds hold all at once but for {@link ALPHA}.
 */
function audit(mechanism: Mechanism, pair: Neighbours, ...suspicions: Suspicion[]): number[] {
  const seen = (counts: WeekCounts, seed: number) => {
    const uniformBelow = uniformFrom(seededBytes(seed))
    const sample = (scale: Ratio) => sampleDiscreteLaplace(scale, uniformBelow)
    const statistics = suspicions.map(() => new Array<number>(RUNS).fill(0))
    for (let run = 0; run < RUNS; run++) {
      const noisy = mechanism(counts, sample)
      for (const [at, { of }] of suspicions.entries()) (statistics[at] ?? [])[run] = of(noisy)
    }
    return statistics
  }
  const together = seen(pair.with, 11)
  const without = seen(pair.without, 12)
  return suspicions.map(({ highest }, at) => {
    const levels = Array.from({ length: highest }, (_, level) => level + 1)
    return auditedEpsilon(together[at] ?? [], without[at] ?? [], levels, ALPHA / suspicions.length)
  })
}

/** A cell that the newcomer changes. */
interface ChangedCell {
  field: string
  value: string
  before: number
  after: number
  noisy: (counts: NoisyCounts) => number
}

function changedCells({ without, with: together }: Neighbours): ChangedCell[] {
  const total: ChangedCell = {
    field: 'installations',
    value: '',
    before: without.installations,
    after: together.installations,
    noisy: ({ noisyTotal }) => noisyTotal,
  }
  const cells = PLAN.flatMap(({ field, words }, table) =>
    words.map((value, place): ChangedCell => {
      const before = without.tables[table]?.[place] ?? 0
      const after = together.tables[table]?.[place] ?? 0
      return { field, value, before, after, noisy: ({ noisyTables }) => noisyTables[table]?.[place] ?? 0 }
    }),
  )
  return [total, ...cells].filter(({ before, after }) => before !== after)
}

function isNearer({ before, after }: ChangedCell, n: number): boolean {
  return 2 * n > before + after
}

/**
 * How many of the cells that the newcomer changes came out nearer to the data with him. With discrete Laplace noise and cells
 * changed by one nothing else in the numbers tells more of him: the likelihood ratio is a function of it alone.
 */
function nearerCells(pair: Neighbours): Suspicion {
  const changed = changedCells(pair)
  return {
    of: (noisy) => changed.filter((cell) => isNearer(cell, cell.noisy(noisy))).length,
    highest: changed.length,
  }
}

/** Of each changed cell alone, whether it came out nearer to the data with the newcomer. */
function eachCell(pair: Neighbours): Suspicion[] {
  return changedCells(pair).map((cell) => ({
    of: (noisy) => (isNearer(cell, cell.noisy(noisy)) ? 1 : 0),
    highest: 1,
  }))
}

/** The same as {@link nearerCells} out of the published rows alone, after folding. */
function nearerRows(pair: Neighbours): Suspicion {
  const changed = changedCells(pair)
  return {
    of: (noisy) => {
      const { total, tables } = composeReport(WEEK, PLAN, noisy, PLUS_MINUS)
      const shown = ({ field, value }: ChangedCell) =>
        tables.find((table) => table.field === field)?.rows.find((row) => row.value === value)?.n ?? 0
      return changed.filter((cell) => isNearer(cell, cell.field === 'installations' ? total : shown(cell)))
        .length
    },
    highest: changed.length,
  }
}

/** Whether two cells that are the same without the newcomer came out different. */
const DIFFERENT_CELLS: Suspicion = {
  of: ({ noisyTotal, noisyTables }) => (noisyTotal === noisyTables[0]?.[0] ? 0 : 1),
  highest: 1,
}

/** Whether the report shows its tables. */
const SHOWS_TABLES: Suspicion = {
  of: (noisy) => Math.min(1, composeReport(WEEK, PLAN, noisy, PLUS_MINUS).tables.length),
  highest: 1,
}

const PEOPLE = 800
/** Stands after everybody else. */
const NEWCOMER = 1_000_000

/** The newcomer's week, each of its days with a value nobody else has. */
async function rareWeek(): Promise<TelemetryEvent[]> {
  return Promise.all(
    daysFromTo(from, to).map(async (day): Promise<TelemetryEvent> => {
      const event = await eventOf({ installation: NEWCOMER, day })
      return {
        ...event,
        environment: exampleEnvironment({ version: '9999.0.1' }, (words) => words.at(-1)),
        usage: {
          ...event.usage,
          duration_distribution: { '>60min': 3 },
          exchanges_per_session: { '>20': 3 },
          transport_usage: { livekit: 3 },
          tts_provider_usage: { other: 3 },
          stt_provider_usage: { other: 3 },
          failed_steps: { transcribe: 1 },
          error_types: { OSError: 1 },
        },
      }
    }),
  )
}

async function commonWeek(): Promise<TelemetryEvent[]> {
  return Promise.all(daysFromTo(from, to).map((day) => eventOf({ installation: NEWCOMER, day })))
}

async function neighbours(newcomer: TelemetryEvent[], people = PEOPLE): Promise<Neighbours> {
  const crowd = await Promise.all(
    Array.from({ length: people }, (_, installation) => eventOf({ installation, day: from })),
  )
  return {
    without: await countWeek(WEEK, PLAN, crowd),
    with: await countWeek(WEEK, PLAN, [...crowd, ...newcomer]),
  }
}

describe('an audit of neighbouring data sets', () => {
  let common: Neighbours
  let rare: Neighbours
  let edge: Neighbours

  beforeAll(async () => {
    common = await neighbours(await commonWeek())
    rare = await neighbours(await rareWeek())
    edge = await neighbours(await commonWeek(), 499)
  })

  test('has a newcomer who changes every table in one cell, by one', () => {
    for (const pair of [common, rare, edge]) {
      const changed = changedCells(pair)
      expect(changed.map(({ field }) => field)).toEqual(['installations', ...PLAN.map(({ field }) => field)])
      expect(changed.every(({ before, after }) => after - before === 1)).toBe(true)
    }
    const [, ...rareCells] = changedCells(rare)
    expect(rareCells.every(({ before }) => before === 0)).toBe(true)
  })

  test('stays under the stated epsilon, for one like everybody and for one like nobody', () => {
    const bounds = [
      ...audit(AS_PUBLISHED, common, nearerCells(common), nearerRows(common)),
      ...audit(AS_PUBLISHED, rare, nearerCells(rare), DIFFERENT_CELLS),
      ...audit(AS_PUBLISHED, edge, SHOWS_TABLES),
    ]
    expect(Math.max(...bounds)).toBeLessThan(EPSILON_PER_WEEK)
    // Were these near zero, the audit would be blind.
    const [cells = 0, rows = 0] = bounds
    expect(cells).toBeGreaterThan(EPSILON_PER_WEEK / 4)
    expect(rows).toBeGreaterThan(EPSILON_PER_WEEK / 4)
  })

  test('exceeds it with a quarter of the noise, in the published rows too', () => {
    const [cells, rows] = audit(quarterOfTheNoise, common, nearerCells(common), nearerRows(common))
    expect(cells).toBeGreaterThan(EPSILON_PER_WEEK)
    expect(rows).toBeGreaterThan(EPSILON_PER_WEEK)
  })

  test('exceeds it where each table spends the whole epsilon', () => {
    const [cells] = audit(epsilonForEachTable, common, nearerCells(common))
    expect(cells).toBeGreaterThan(EPSILON_PER_WEEK)
  })

  test('finds each table within its own share of epsilon, and beyond it with half of the noise', () => {
    const share = EPSILON_PER_WEEK / (PLAN.length + 1)
    const shares = audit(AS_PUBLISHED, common, ...eachCell(common))
    expect(shares.length).toBe(PLAN.length + 1)
    expect(Math.max(...shares)).toBeLessThan(share)
    expect(Math.min(...audit(halfOfTheNoise, common, ...eachCell(common)))).toBeGreaterThan(share)
  })

  test('exceeds it without noise on zeros', () => {
    const [cells] = audit(noNoiseOnZeros, rare, nearerCells(rare))
    expect(cells).toBeGreaterThan(EPSILON_PER_WEEK)
  })

  test('exceeds it where all cells share one noise', () => {
    const [difference] = audit(sameNoiseForAll, rare, DIFFERENT_CELLS)
    expect(difference).toBeGreaterThan(EPSILON_PER_WEEK)
  })

  test('exceeds it where the total without noise decides on the tables', () => {
    const [decision] = audit(totalWithoutNoise, edge, SHOWS_TABLES)
    expect(decision).toBeGreaterThan(EPSILON_PER_WEEK)
  })

  test('exceeds it where an installation counts once a day and not once a week', async () => {
    const strangers = (await commonWeek()).map((event, at) => ({
      ...event,
      telemetry_id: event.telemetry_id.replace('0000', `000${at}`),
    }))
    const daily = {
      without: await countWeek(WEEK, PLAN, []),
      with: await countWeek(WEEK, PLAN, strangers),
    }
    expect(daily.with.installations).toBe(7)
    const [cells] = audit(AS_PUBLISHED, daily, nearerCells(daily))
    expect(cells).toBeGreaterThan(EPSILON_PER_WEEK)
  })
})

test('Clopper-Pearson bounds are those of the tables', () => {
  // Closed forms at the ends: nothing came true, or everything.
  expect(lowerBound(0, 100, 0.025)).toBe(0)
  expect(upperBound(0, 100, 0.025)).toBeCloseTo(1 - 0.025 ** (1 / 100), 9)
  expect(lowerBound(100, 100, 0.025)).toBeCloseTo(0.025 ** (1 / 100), 9)
  // Quantiles 0.025 of Beta(10, 91) and 0.975 of Beta(11, 90).
  expect(lowerBound(10, 100, 0.025)).toBeCloseTo(0.0490047, 6)
  expect(upperBound(10, 100, 0.025)).toBeCloseTo(0.1762226, 6)
  expect(binomialTail(3, 4, 0.5)).toBeCloseTo(5 / 16, 12)
})
