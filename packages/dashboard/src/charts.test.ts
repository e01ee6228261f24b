import { describe, expect, it } from 'vitest'
import { pageChartOf, SECTIONS, sectionCharts } from './catalogue.ts'
import { barsOf, type Count, chartOf, drawnChart, drawsBefore, REST, summaryOf } from './charts.ts'

const counts: Count[] = [
  { day: '2026-11-20', field: 'installations', value: '', n: 4 },
  { day: '2026-11-20', field: 'usage.total_sessions', value: '', n: 10 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'other', n: 1 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'kokoro', n: 6 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'openai', n: 3 },
  { day: '2026-11-20', field: 'environment.os_type', value: 'Linux', n: 4 },
  { day: '2026-11-22', field: 'installations', value: '', n: 8 },
  { day: '2026-11-22', field: 'usage.total_sessions', value: '', n: 32 },
  { day: '2026-11-22', field: 'usage.tts_provider_usage', value: 'kokoro', n: 10 },
  { day: '2026-11-22', field: 'environment.os_type', value: 'Linux', n: 8 },
]
const daily = { from: '2026-11-20', to: '2026-11-22', counts }
const providers = chartOf(daily, { field: 'usage.tts_provider_usage', show: 'share' })

/** Nine words on one day, the n-th counted n times, and `other` more often than any. */
const manyWords = chartOf(
  {
    from: '2026-11-20',
    to: '2026-11-20',
    counts: [...'123456789'].map((n) => ({
      day: '2026-11-20',
      field: 'environment.version',
      value: n === '9' ? 'other' : `8.${n}`,
      n: Number(n),
    })),
  },
  { field: 'environment.version', show: 'share', as: 'ranking' },
)

describe('chartOf', () => {
  it('fills days without a row with zeros', () => {
    const { points } = chartOf(daily, { field: 'usage.total_sessions', show: 'count' })
    expect(points.map((point) => point.n)).toEqual([10, 0, 32])
  })

  it("keeps words in the contract's order, whatever the order of rows", () => {
    expect(providers.words).toEqual(['openai', 'kokoro', 'other'])
  })

  it('has versions from the newest to the oldest', () => {
    const versions = ['8.9', '9.0', 'unknown', '8.10'].map((value) => ({
      ...{ day: '2026-11-20', field: 'environment.version', n: 1 },
      value,
    }))
    const { words } = chartOf({ ...daily, counts: versions }, { field: 'environment.version', show: 'share' })
    expect(words).toEqual(['9.0', '8.10', '8.9', 'unknown'])
  })

  it('ends with the last day that is told, where later ones are not zero but untold', () => {
    const spec = { field: 'usage.total_sessions', show: 'count', endsWithRows: true } as const
    const until = { from: '2026-11-19', to: '2026-11-25', counts }
    expect(chartOf(until, spec).days).toEqual(['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'])
    expect(chartOf({ ...until, counts: [] }, spec).days).toHaveLength(7)
  })

  it('shares of a day add up to one, and a day without counts has none', () => {
    expect(providers.points.map((point) => point.share)).toEqual([
      ...[0.3, 0.6, 0.1],
      ...[undefined, undefined, undefined],
      ...[0, 1, 0],
    ])
  })

  it('shares over all days weigh each day by its counts', () => {
    expect(providers.totals.map(({ word, share }) => [word, share])).toEqual([
      ['openai', 0.15],
      ['kokoro', 0.8],
      ['other', 0.05],
    ])
  })

  it('never adds up installations of several days: their total is the average day', () => {
    const systems = chartOf(daily, { field: 'environment.os_type', show: 'count' })
    expect(systems.totals).toEqual([{ word: 'Linux', n: 4, share: 1 }])
  })

  it('has the words of the days before too, and their numbers beside', () => {
    const before = { from: '2026-11-17', to: '2026-11-19', counts: [] }
    const { words } = chartOf({ ...daily, counts: [] }, providers, { ...daily })
    expect(words).toEqual(providers.words)
    expect(chartOf(daily, providers, before).before?.totals.map(({ n }) => n)).toEqual([0, 0, 0])
  })

  it('every chart of the page has a title and a purpose, from the contract where it knows the field', () => {
    const charts = SECTIONS.flatMap((section) => section.charts)
    for (const chart of charts) {
      const { title, purpose } = pageChartOf({ everyone: daily }, chart, 'share')
      expect(title).not.toBe('')
      expect(purpose).toMatch(/\.$/)
    }
    expect(providers.title).toBe('Text-to-speech (TTS) provider')
  })
})

describe('pageChartOf', () => {
  const charts = SECTIONS.flatMap((section) => section.charts)
  const numbers = { everyone: daily, filtered: { ...daily, counts: [] } }

  it('shows what the filter lets through, and everyone where there is no telling', () => {
    const isFilled = (isOfEveryone: boolean) =>
      charts
        .filter((chart) => (chart.isOfEveryone ?? false) === isOfEveryone)
        .some((chart) => pageChartOf(numbers, chart, 'share').points.some(({ n }) => n > 0))
    const ofEveryone = {
      ...daily,
      counts: [{ ...counts[0], field: 'installations.newness', value: 'new', n: 2 }],
    }
    expect(isFilled(false)).toBe(false)
    expect(charts.filter(({ isOfEveryone }) => isOfEveryone)).toHaveLength(2)
    const newness = charts.find(({ spec }) => spec.field === 'installations.newness')
    const shown =
      newness && pageChartOf({ ...numbers, everyone: ofEveryone as typeof daily }, newness, 'share')
    expect(shown?.points[1]?.n).toBe(2)
  })
})

describe('sectionCharts', () => {
  const fieldsOf = (field: string) => {
    const counted = { ...daily, counts: [{ day: '2026-11-20', field, value: 'other', n: 1 }] }
    return SECTIONS.flatMap((section) => sectionCharts(section, counted)).map(({ spec }) => spec.field)
  }

  it('leaves out kinds of error where there are none, and nothing else', () => {
    const all = SECTIONS.flatMap(({ charts }) => charts).map(({ spec }) => spec.field)
    expect(fieldsOf('usage.error_types')).toEqual(all)
    expect(fieldsOf('usage.failed_steps')).toEqual(all.filter((field) => field !== 'usage.error_types'))
  })
})

describe('the picture of a chart', () => {
  it('draws the six most frequent names, in their order, and all others as one', () => {
    const drawn = drawnChart(manyWords)
    expect(drawn.words).toEqual(['8.8', '8.7', '8.6', '8.5', '8.4', '8.3', REST])
    expect(drawn.totals.at(-1)).toMatchObject({ word: REST, n: 1 + 2 + 9 })
    expect(drawn.points.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1)
  })

  it('draws all words where they are few', () => {
    expect(drawnChart(providers)).toBe(providers)
  })

  it('ranks the largest first, and what has no name last', () => {
    expect(barsOf(manyWords).map(({ word }) => word)).toEqual([
      '8.8',
      '8.7',
      '8.6',
      '8.5',
      '8.4',
      '8.3',
      '8.2',
      '8.1',
      'other',
    ])
  })

  it('draws the days before beside a plain number and beside lines, not beside a stack', () => {
    const draws = (spec: Parameters<typeof chartOf>[1]) => drawsBefore(chartOf(daily, spec, daily))
    expect(draws({ field: 'usage.total_sessions', show: 'count' })).toBe(true)
    expect(draws({ field: 'usage.tts_provider_usage', show: 'share', as: 'lines' })).toBe(true)
    expect(draws({ field: 'usage.tts_provider_usage', show: 'share' })).toBe(false)
  })
})

describe('summaryOf', () => {
  it('names lowest and highest of a count', () => {
    const summary = summaryOf(chartOf(daily, { field: 'usage.total_sessions', show: 'count' }))
    expect(summary).toBe(
      'Sessions per day from 20 Nov 2026 to 22 Nov 2026 (UTC). Lowest: 0 on 21 Nov 2026; highest: 32 on 22 Nov 2026.',
    )
  })

  it('names every share over all days', () => {
    expect(summaryOf(providers)).toContain('openai 15.0%, kokoro 80.0%, other 5.0%.')
  })

  it('names lowest and highest of every line', () => {
    const lines = chartOf(daily, { field: 'usage.tts_provider_usage', show: 'share', as: 'lines' })
    expect(summaryOf(lines)).toContain(
      'kokoro, lowest: 60.0% on 20 Nov 2026; highest: 100.0% on 22 Nov 2026.',
    )
  })

  it('says so where nothing was counted', () => {
    expect(summaryOf(chartOf(daily, { field: 'usage.transport_usage', show: 'share' }))).toBe(
      'Transport: nothing was counted.',
    )
  })
})
