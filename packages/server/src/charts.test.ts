import { expect, test } from 'vitest'
import { NOON } from '../test/events.ts'
import { parseChartQuery } from './charts.ts'

test('a chart shows the last 30 days unless it is asked for others', () => {
  expect(parseChartQuery({ other: 'x' }, NOON)).toEqual({
    ok: true,
    query: { from: '2026-10-23', to: '2026-11-21', format: 'json' },
  })
  expect(parseChartQuery({ to: '2026-01-30', format: 'csv' }, NOON)).toEqual({
    ok: true,
    query: { from: '2026-01-01', to: '2026-01-30', format: 'csv' },
  })
})

test('a day that is none, days in the wrong order and more than 400 days are refused by name', () => {
  const fieldsOf = (params: Record<string, string>) => {
    const parsed = parseChartQuery(params, NOON)
    return parsed.ok ? [] : parsed.problems.map((problem) => problem.field)
  }
  expect(fieldsOf({ from: '2026-02-30', to: '', format: 'xml' })).toEqual(['to', 'from', 'format'])
  expect(fieldsOf({ from: '2026-02-02', to: '2026-02-01' })).toEqual(['from'])
  expect(fieldsOf({ from: '2025-01-01', to: '2026-02-05' })).toEqual(['from'])
  expect(fieldsOf({ from: '2025-01-01', to: '2026-02-04' })).toEqual([])
})
