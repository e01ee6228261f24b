import { expect, it } from 'vitest'
import { chartOf } from './chart.ts'
import { tooltipOf } from './tooltip.ts'

const rowsOf = (day: string, field: string, numbers: Record<string, number>) => ({
  from: day,
  to: day,
  counts: Object.entries(numbers).map(([value, n]) => ({ day, field, value, n })),
})
const textsOf = (rows: ReturnType<typeof tooltipOf>) =>
  rows.map(({ name, number, change }) => [name, number, change])

it('a tooltip tells all parts of a day at once, their sum, and how they changed', () => {
  const field = 'usage.transport_usage'
  const chart = chartOf(
    rowsOf('2026-11-20', field, { local: 900, livekit: 100 }),
    { field, show: 'share' },
    { previous: rowsOf('2026-11-13', field, { local: 400, livekit: 400 }) },
  )
  expect(textsOf(tooltipOf(chart, 0))).toEqual([
    ['local', '90.0%, 900', '▲ 40.0 points'],
    ['livekit', '10.0%, 100', '▼ 40.0 points'],
    ['total', '1,000', '▲ 25 %'],
  ])
})

it('windows that overlap have no share of each other', () => {
  const values = ['in 7 days', 'in 30 days']
  const chart = chartOf(rowsOf('2026-11-20', 'installations.window', { 'in 7 days': 5, 'in 30 days': 20 }), {
    ...{ field: 'installations.window', title: 'Active', purpose: 'Shows.', show: 'count' as const },
    ...{ as: 'lines' as const, values, overlaps: true },
  })
  expect(textsOf(tooltipOf(chart, 0))).toEqual([
    ['in 7 days', '5', undefined],
    ['in 30 days', '20', undefined],
  ])
})
