import type { Count, SegmentField, Segments } from '@voicemode-telemetry/protocol/wire/charts'
import { expect, it } from 'vitest'
import type { Numbers, Rows } from '../model/numbers.ts'
import { largestChangesOf } from './largestChanges.ts'

const DAY = '2026-11-20'
const rowsOf = (day: string, numbers: Record<string, number>): Rows => ({
  from: day,
  to: day,
  counts: Object.entries(numbers).map(([key, n]): Count => {
    const [field = '', value = ''] = key.split(' ')
    return { day, field, value, n }
  }),
})
const segmentsOf = (failed: number): Segments => ({
  ...{ from: DAY, to: DAY, field: 'usage.failed_steps' },
  segments: [
    { segment: 'environment.install_method' as SegmentField, value: 'uv', n: failed, of: 10_000 },
    { segment: 'environment.install_method' as SegmentField, value: 'pip', n: 100, of: 10_000 },
  ],
})
const before = rowsOf('2026-11-19', {
  installations: 400,
  'installations.new': 200,
  'usage.total_sessions': 1000,
  'environment.version 8.12': 48,
  'environment.version 8.11': 308,
  'environment.version 8.10': 44,
  'usage.transport_usage local': 990,
  'usage.transport_usage livekit': 10,
})
const now = rowsOf(DAY, {
  installations: 410,
  'installations.new': 100,
  'usage.total_sessions': 1020,
  'environment.version 8.12': 112,
  'environment.version 8.11': 246,
  'environment.version 8.10': 42,
  'usage.transport_usage local': 985,
  'usage.transport_usage livekit': 15,
})
const numbersOf = (more: Partial<Numbers> = {}): Numbers => ({
  all: { daily: now, previous: before },
  shown: { daily: now, previous: before },
  isFiltered: false,
  compared: undefined,
  failures: { now: segmentsOf(300), previous: segmentsOf(100) },
  cohorts: { from: DAY, to: DAY, counts: [] },
  since: '2026-01-01',
  ...more,
})
const linesOf = (numbers: Numbers) =>
  largestChangesOf(numbers)?.map(({ label, changes }) => [label, ...changes])

const VERSION = ['Version', '8.12 ▲ 16.0 points to 28.0%', '8.11 ▼ 15.5 points to 61.5%']

it('the largest changes are those beyond the noise, the clearest first, with what grew and what shrank most', () => {
  expect(linesOf(numbersOf())).toEqual([
    ['Failed calls (Install method)', 'uv ▲ 2.0 points to 3.0%'],
    ['New', '▼ 50 % from 200 to 100'],
    VERSION,
  ])
})

it('the largest changes leave out what a filter does not apply to, and who is new where that was not known', () => {
  expect(linesOf(numbersOf({ isFiltered: true }))).toEqual([VERSION])
  expect(linesOf(numbersOf({ since: '2026-10-22' }))?.map(([label]) => label)).not.toContain('New')
})

it('there are no largest changes where the previous period is not known, or nothing changed', () => {
  expect(largestChangesOf(numbersOf({ shown: { daily: now, previous: undefined } }))).toBeUndefined()
  const same = { daily: now, previous: { ...now } }
  const failures = { now: segmentsOf(100), previous: segmentsOf(100) }
  expect(largestChangesOf(numbersOf({ shown: same, failures }))).toEqual([])
})
