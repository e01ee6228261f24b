import { describe, expect, it } from 'vitest'
import { type ChartSpec, chartOf } from './chart.ts'
import { barsOf, drawnChart, drawsCompared, lonePoints, REST } from './drawn.ts'

/** Nine values on one day, the n-th counted n times, and `other` more often than any. */
const oneDay = {
  from: '2026-11-20',
  to: '2026-11-20',
  counts: [...'123456789'].map((n) => ({
    day: '2026-11-20',
    field: 'environment.version',
    value: n === '9' ? 'other' : `8.${n}`,
    n: Number(n),
  })),
}
const versions: ChartSpec = { field: 'environment.version', show: 'share', as: 'ranking' }
const manyValues = chartOf(oneDay, versions, { compared: { label: 'previous period', rows: oneDay } })

describe('the picture of a chart', () => {
  it('has a dot where a line would have one point alone', () => {
    const counts = ['21', '23', '24'].flatMap((day) =>
      ['8.1', '8.2'].map((value) => ({ day: `2026-11-${day}`, field: 'environment.version', value, n: 1 })),
    )
    const lines = chartOf({ from: '2026-11-20', to: '2026-11-24', counts }, { ...versions, as: 'lines' })
    expect(lonePoints(lines).map(({ day, value }) => [day, value])).toEqual([
      ['2026-11-21', '8.2'],
      ['2026-11-21', '8.1'],
    ])
    expect(lonePoints({ ...lines, show: 'count' })).toEqual([])
  })

  it('draws the six most frequent names, in their order, and all others as one', () => {
    const drawn = drawnChart(manyValues)
    expect(drawn.values).toEqual(['8.8', '8.7', '8.6', '8.5', '8.4', '8.3', REST])
    expect(drawn.totals.at(-1)).toMatchObject({ value: REST, n: 1 + 2 + 9 })
    expect(drawn.points.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1)
    expect(drawn.compared).toEqual({ label: 'previous period', points: drawn.points, totals: drawn.totals })
  })

  it('draws all values if there are few', () => {
    const few = chartOf({ ...oneDay, counts: oneDay.counts.slice(0, 3) }, versions)
    expect(drawnChart(few)).toBe(few)
  })

  it('draws only the values that its chart asks for', () => {
    const drawn = drawnChart(chartOf(oneDay, { ...versions, drawn: ['8.2'] }))
    expect(drawn.values).toEqual(['8.2'])
    expect(drawn.points.map(({ n, share }) => [n, share])).toEqual([[2, 2 / 45]])
  })

  it('ranks the largest first, and values without a name last', () => {
    const ranked = ['8.8', '8.7', '8.6', '8.5', '8.4', '8.3', '8.2', '8.1', 'other']
    expect(barsOf(manyValues).map(({ value }) => value)).toEqual(ranked)
  })

  it('draws what is compared beside a plain number and beside lines, not beside a stack', () => {
    const sessions = [{ day: '2026-11-20', field: 'usage.total_sessions', value: '', n: 1 }]
    const draws = (spec: ChartSpec) => {
      const daily = { ...oneDay, counts: [...oneDay.counts, ...sessions] }
      return drawsCompared(chartOf(daily, spec, { compared: { label: '8.11', rows: daily } }))
    }
    expect(draws({ field: 'usage.total_sessions', show: 'count' })).toBe(true)
    expect(draws({ ...versions, as: 'lines' })).toBe(true)
    expect(draws({ ...versions, as: 'stack' })).toBe(false)
  })
})
