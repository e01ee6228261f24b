import { describe, expect, it } from 'vitest'
import { CHARTS, type Count, chartOf, headlinesOf, lastDays, rangeIn, summaryOf } from './charts.ts'

const counts: Count[] = [
  { day: '2026-11-20', field: 'installations', value: '', n: 4 },
  { day: '2026-11-20', field: 'usage.total_sessions', value: '', n: 10 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'other', n: 1 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'kokoro', n: 6 },
  { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'openai', n: 3 },
  { day: '2026-11-22', field: 'installations', value: '', n: 8 },
  { day: '2026-11-22', field: 'usage.total_sessions', value: '', n: 32 },
  { day: '2026-11-22', field: 'usage.tts_provider_usage', value: 'kokoro', n: 10 },
]
const daily = { from: '2026-11-20', to: '2026-11-22', counts }
const providers = chartOf(daily, { field: 'usage.tts_provider_usage', show: 'share' })

describe('chartOf', () => {
  it('fills days without a row with zeros', () => {
    const { points } = chartOf(daily, { field: 'usage.total_sessions', show: 'count' })
    expect(points.map((point) => point.n)).toEqual([10, 0, 32])
  })

  it("keeps words in the contract's order, whatever the order of rows", () => {
    expect(providers.words).toEqual(['openai', 'kokoro', 'other'])
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

  it('every chart of the page has a title and a purpose, from the contract where it knows the field', () => {
    for (const spec of CHARTS) {
      const { title, purpose } = chartOf(daily, spec)
      expect(title).not.toBe('')
      expect(purpose).toMatch(/\.$/)
    }
    expect(providers.title).toBe('Speech provider')
  })
})

describe('headlinesOf', () => {
  it('averages over all days of the range, also those without a row', () => {
    expect(headlinesOf(daily).map(({ value }) => value)).toEqual(['4', '42', '3.5', '0'])
  })

  it('leaves a ratio open where nothing was counted', () => {
    expect(headlinesOf({ ...daily, counts: [] })[2]?.value).toBe('–')
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

  it('says so where nothing was counted', () => {
    expect(summaryOf(chartOf(daily, { field: 'usage.transport_usage', show: 'share' }))).toBe(
      'Transport: nothing was counted.',
    )
  })
})

describe('the range', () => {
  it('is read off the address, and is 30 days where the address asks for none on offer', () => {
    expect(['?range=7', '?range=90', '', '?range=8', '?range=x'].map(rangeIn)).toEqual([7, 90, 30, 30, 30])
  })

  it('ends with the last whole UTC day', () => {
    const justAfterMidnight = Date.parse('2026-11-24T00:00:00Z')
    expect(lastDays(7, justAfterMidnight)).toEqual({ from: '2026-11-17', to: '2026-11-23' })
    expect(lastDays(7, justAfterMidnight - 1)).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  })
})
