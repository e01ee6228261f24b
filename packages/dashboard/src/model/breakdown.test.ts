import type { SegmentField } from '@voicemode-telemetry/protocol/wire/charts'
import { expect, it } from 'vitest'
import {
  breakdownTablesOf,
  newestVersionOf,
  overallOf,
  standOutOf,
  TREND_REST,
  trendOf,
  unclearLeadOf,
} from './breakdown.ts'

const row = (segment: SegmentField, value: string, n: number, of: number) => ({ segment, value, n, of })

it('a value is broken down by each field: versions from the newest, other values by their counts', () => {
  const segments = {
    from: '2026-11-20',
    to: '2026-11-22',
    field: 'usage.transport_usage',
    value: 'livekit',
    segments: [
      row('environment.version', '8.9', 9, 10),
      row('environment.version', '8.12', 1, 40),
      row('environment.os_type', 'Linux', 1, 10),
      row('environment.os_type', 'Darwin', 9, 40),
      row('environment.os_type', 'other', 0, 0),
    ],
  }
  const tables = breakdownTablesOf(segments)
  expect(tables.map(({ label, rows }) => [label, rows.map(({ value, share }) => [value, share])])).toEqual([
    [
      'Version',
      [
        ['8.12', 0.025],
        ['8.9', 0.9],
      ],
    ],
    [
      'Operating system',
      [
        ['Darwin', 0.225],
        ['Linux', 0.1],
      ],
    ],
  ])
  expect(tables[1]?.rows.map(({ part }) => part)).toEqual([0.9, 0.1])
  const ofAll = breakdownTablesOf({
    ...{ from: segments.from, to: segments.to, field: segments.field },
    segments: [row('environment.os_type', 'Linux', 2, 100), row('environment.os_type', 'Darwin', 1, 10)],
  })
  // Who has most of one value is asked by counts; where a field has most, by shares.
  expect(ofAll[0]?.rows.map(({ value }) => value)).toEqual(['Darwin', 'Linux'])
  expect(overallOf(segments)).toMatchObject({ n: 10, of: 50, share: 0.2, previous: undefined })
  expect(tables.map(({ isPartial }) => isPartial)).toEqual([false, false])
  const [, systems] = breakdownTablesOf(segments, {
    ...segments,
    segments: [row('environment.os_type', 'Linux', 1, 4)],
  })
  expect(systems?.rows.map(({ previous }) => previous?.of)).toEqual([undefined, 4])
})

it('a field that was not counted on some of the days is told from one that was', () => {
  const [, methods] = breakdownTablesOf({
    ...{ from: '2026-11-20', to: '2026-11-22', field: 'usage.failed_steps' },
    segments: [row('environment.os_type', 'Linux', 1, 10), row('environment.install_method', 'uv', 1, 4)],
  })
  expect([methods?.label, methods?.isPartial]).toEqual(['Install method', true])
})

it('what stands out differs from the whole beyond noise; versions that never have it are told from those that do', () => {
  const tables = breakdownTablesOf({
    ...{ from: '2026-11-20', to: '2026-11-22', field: 'usage.transport_usage', value: 'livekit' },
    segments: [
      row('environment.version', '8.12', 0, 2000),
      row('environment.version', '8.11', 0, 5000),
      // Too few to tell.
      row('environment.version', '8.10', 0, 1),
      row('environment.version', '7.1', 200, 800),
      row('environment.version', '6.0', 1, 10),
      row('environment.os_type', 'Darwin', 101, 4000),
      row('environment.os_type', 'Linux', 100, 3811),
      row('environment.mcp_host', 'vscode', 90, 1000),
      row('environment.mcp_host', 'cursor', 111, 5811),
      row('environment.mcp_host', 'cline', 0, 1000),
      row('environment.install_method', 'uv', 1, 2000),
      row('environment.install_method', 'pip', 200, 5811),
    ],
  })
  expect(tables.map((table) => [table.label, standOutOf(table)])).toEqual([
    ['Version', 'only with 7.1 and 6.0'],
    ['Operating system', undefined],
    ['Install method', 'less often with uv (0.1%)'],
    ['Assistant', 'more often with vscode (9.0%), never with cline'],
  ])
})

it('the highest share is told from others only beyond noise', () => {
  const leadIn = (...counts: [n: number, of: number][]) => {
    const names = ['Darwin', 'Linux', 'Windows', 'WSL']
    const segments = counts.map(([n, of], index) => row('environment.os_type', names[index] ?? '', n, of))
    const range = { from: '2026-11-20', to: '2026-11-22', field: 'usage.failed_steps' }
    const [table] = breakdownTablesOf({ ...range, segments })
    return table && unclearLeadOf(table, 100)
  }
  expect(leadIn([50, 1000], [49, 1000], [5, 1000])).toBe(
    'Darwin has the highest share, but against Linux that may be chance.',
  )
  // The last has too few calls to lead.
  expect(leadIn([50, 1000], [49, 1000], [9, 10])).toBe(
    'Darwin has the highest share, but against Linux that may be chance.',
  )
  expect(leadIn([90, 1000], [9, 1000])).toBeUndefined()
})

it('the newest version is compared with the one before it', () => {
  const saidOf = (...counts: [version: string, n: number, of: number][]) => {
    const segments = counts.map(([version, n, of]) => row('environment.version', version, n, of))
    const range = { from: '2026-11-20', to: '2026-11-22', field: 'usage.failed_steps' }
    const [table] = breakdownTablesOf({ ...range, segments })
    return table && newestVersionOf(table, 100)
  }
  expect(saidOf(['8.11', 10, 1000], ['8.12', 90, 1000], ['8.13', 1, 1])).toBe(
    '8.12 (9.0%) and 8.11 (1.0%) differ by more than chance explains.',
  )
  expect(saidOf(['8.11', 10, 1000], ['8.12', 11, 1000])).toBe(
    '8.12 (1.1%) and 8.11 (1.0%) differ by what may be chance.',
  )
  expect(saidOf(['8.12', 90, 1000])).toBeUndefined()
})

it('the trend of a failed step is its share of all calls of a day', () => {
  const day = '2026-11-20'
  const counts = [
    { day, field: 'usage.failed_steps', value: 'speak', n: 2 },
    { day, field: 'usage.failed_steps', value: 'record', n: 3 },
    { day, field: 'usage.total_operations', value: '', n: 10 },
  ]
  const trend = trendOf({ from: day, to: day, counts }, { field: 'usage.failed_steps', value: 'speak' })
  expect(trend.counts.map(({ value, n }) => [value, n])).toEqual([
    ['speak', 2],
    [TREND_REST, 8],
  ])
})
