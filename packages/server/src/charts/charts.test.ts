import { expect, test } from 'vitest'
import { NOON } from '../../test/events.ts'
import { composeSegmentRows, parseChartQuery, parseSegmentQuery } from './charts.ts'

test('a chart shows the last 30 days unless it is asked for others', () => {
  expect(parseChartQuery({ other: 'x' }, NOON)).toEqual({
    ok: true,
    value: { from: '2026-10-23', to: '2026-11-21', format: 'json' },
  })
  expect(parseChartQuery({ to: '2026-01-30', format: 'csv' }, NOON)).toEqual({
    ok: true,
    value: { from: '2026-01-01', to: '2026-01-30', format: 'csv' },
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
  expect(fieldsOf({ to: '0000-01-10' })).toEqual(['from'])
})

test('a chart is of one field or all, of everyone or of those with one value', () => {
  const days = { from: '2026-11-01', to: '2026-11-21' }
  const queryOf = (params: Record<string, string>) => parseChartQuery({ ...days, ...params }, NOON)
  expect(queryOf({ field: 'installations.new', filter: 'environment.version:8.12' })).toEqual({
    ok: true,
    value: { ...days, format: 'json', field: 'installations.new', segment: 'environment.version=8.12' },
  })
  const wrong = queryOf({ field: 'telemetry_id', filter: 'environment.exec_source:web', to: 'x' })
  expect(wrong.ok ? [] : wrong.problems.map(({ field }) => field)).toEqual(['to', 'field', 'filter'])
})

test('segments are asked for a word of a field of words, or for all of them', () => {
  const parse = (field: string, value?: string) =>
    parseSegmentQuery({ field, ...(value !== undefined && { value }) }, NOON)
  expect(parse('usage.transport_usage', 'livekit')).toMatchObject({
    ok: true,
    value: { from: '2026-10-23', field: 'usage.transport_usage', value: 'livekit' },
  })
  expect(parse('usage.failed_steps')).toEqual({
    ok: true,
    value: { from: '2026-10-23', to: '2026-11-21', format: 'json', field: 'usage.failed_steps' },
  })
  const fieldsOf = (parsed: ReturnType<typeof parse>) =>
    parsed.ok ? [] : parsed.problems.map((problem) => problem.field)
  expect(fieldsOf(parse('usage.total_sessions', ''))).toEqual(['field'])
  expect(fieldsOf(parse('usage.transport_usage', 'pigeon'))).toEqual(['value'])
  expect(fieldsOf(parseSegmentQuery({ from: 'x' }, NOON))).toEqual(['from', 'field'])
})

test('segments come field by field, those with the highest number first', () => {
  const rows = composeSegmentRows([
    { segment: 'environment.version=8.12', n: 9, of: 9 },
    { segment: 'environment.os_type=Linux', n: 1, of: 2 },
    { segment: 'environment.mcp_host=zed', n: 1, of: 1 },
    { segment: 'environment.os_type=Windows', n: 4, of: 5 },
    { segment: 'environment.os_type=Darwin', n: 1, of: 3 },
  ])
  expect(rows.map(({ segment, value, n, of }) => `${segment} ${value} ${n}/${of}`)).toEqual([
    'environment.os_type Windows 4/5',
    'environment.os_type Darwin 1/3',
    'environment.os_type Linux 1/2',
    'environment.mcp_host zed 1/1',
    'environment.version 8.12 9/9',
  ])
})
