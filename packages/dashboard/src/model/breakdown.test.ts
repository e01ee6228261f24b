import type { SegmentField } from '@voicemode-telemetry/protocol/wire/charts'
import { expect, it } from 'vitest'
import { breakdownTablesOf, overallOf, TREND_REST, trendOf } from './breakdown.ts'

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
