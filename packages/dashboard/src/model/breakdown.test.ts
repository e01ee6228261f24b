import type { SegmentField } from '@voicemode-telemetry/protocol/wire/charts'
import { expect, it } from 'vitest'
import { breakdownTablesOf, overallOf } from './breakdown.ts'

const row = (segment: SegmentField, value: string, n: number, of: number) => ({ segment, value, n, of })

it('a value is broken down by each field: versions from the newest, other values from the most frequent', () => {
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
        ['other', undefined],
      ],
    ],
  ])
  expect(overallOf(segments)).toEqual({ n: 10, of: 50, share: 0.2 })
})
