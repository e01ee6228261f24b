import type { Count, FieldValue } from '@voicemode-telemetry/protocol/wire/charts'
import { describe, expect, it } from 'vitest'
import { changeOfTotal, chartOf } from './chart.ts'

const count = (day: string, field: string, value: string, n: number): Count => ({ day, field, value, n })

const counts: Count[] = [
  count('2026-11-20', 'usage.total_sessions', '', 10),
  count('2026-11-20', 'usage.tts_provider_usage', 'other', 1),
  count('2026-11-20', 'usage.tts_provider_usage', 'kokoro', 6),
  count('2026-11-20', 'usage.tts_provider_usage', 'openai', 3),
  count('2026-11-20', 'environment.os_type', 'Linux', 4),
  count('2026-11-22', 'usage.total_sessions', '', 32),
  count('2026-11-22', 'usage.tts_provider_usage', 'kokoro', 10),
  count('2026-11-22', 'environment.os_type', 'Linux', 8),
]
const daily = { from: '2026-11-20', to: '2026-11-22', counts }
const providers = chartOf(daily, { field: 'usage.tts_provider_usage', show: 'share' })

describe('chartOf', () => {
  it('fills days without a row with zeros', () => {
    const { points } = chartOf(daily, { field: 'usage.total_sessions', show: 'count' })
    expect(points.map((point) => point.n)).toEqual([10, 0, 32])
  })

  it("keeps values in the contract's order, whatever the order of rows", () => {
    expect(providers.values).toEqual(['openai', 'kokoro', 'other'])
    expect(providers.title).toBe('Text-to-speech (TTS) provider')
  })

  it('has versions from the newest to the oldest', () => {
    const versions = ['8.9', '9.0', 'unknown', '8.10'].map((value) =>
      count('2026-11-20', 'environment.version', value, 1),
    )
    const { values } = chartOf(
      { ...daily, counts: versions },
      { field: 'environment.version', show: 'share' },
    )
    expect(values).toEqual(['9.0', '8.10', '8.9', 'unknown'])
  })

  it('ends with the last row if later days are unknown, not zero', () => {
    const spec = { field: 'usage.total_sessions', show: 'count', endsWithLastRow: true } as const
    const range = { from: '2026-11-19', to: '2026-11-25', counts }
    expect(chartOf(range, spec).days).toEqual(['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'])
    expect(chartOf({ ...range, counts: [] }, spec).days).toHaveLength(7)
  })

  it('has shares of a day that add up to one, and no shares on a day without counts', () => {
    expect(providers.points.map((point) => point.share)).toEqual([
      ...[0.3, 0.6, 0.1],
      ...[undefined, undefined, undefined],
      ...[0, 1, 0],
    ])
  })

  it('weights each day by its counts in shares over all days', () => {
    expect(providers.totals.map(({ value, share }) => [value, share])).toEqual([
      ['openai', 0.15],
      ['kokoro', 0.8],
      ['other', 0.05],
    ])
  })

  it('adds up the days of what each installation counts for once, to tell a change from chance', () => {
    const daysOf = (from: string, to: string, n: number) => ({
      ...{ from, to },
      counts: [from, to].map((day) => count(day, 'installations.newness', 'new', n)),
    })
    const now = daysOf('2026-11-19', '2026-11-20', 18)
    const previous = daysOf('2026-11-17', '2026-11-18', 36)
    const spec = {
      field: 'installations.newness',
      title: 'New',
      purpose: 'Shows who is new.',
      show: 'count',
    } as const
    const changeWith = (countedOnce: { countedOnce?: string }) => {
      const chart = chartOf(now, { ...spec, ...countedOnce }, { previous })
      return chart.totals.map((total) => changeOfTotal(chart, total))
    }
    expect(changeWith({ countedOnce: 'new' })).toEqual(['▼ 50 %'])
    expect(changeWith({})).toEqual(['≈'])
  })

  it('has failed calls as a share of all calls', () => {
    const failed = [
      count('2026-11-20', 'usage.failed_steps', 'speak', 3),
      count('2026-11-20', 'usage.failed_steps', 'record', 1),
      count('2026-11-20', 'usage.total_operations', '', 100),
      count('2026-11-22', 'usage.total_operations', '', 100),
    ]
    const steps = chartOf({ ...daily, counts: failed }, { field: 'usage.failed_steps', show: 'share' })
    expect(steps.totals.map(({ share }) => share)).toEqual([0.015, 0.005])
  })

  it('never adds up installations of several days: their total is the average day', () => {
    const systems = chartOf(daily, { field: 'environment.os_type', show: 'count' })
    expect(systems.totals).toEqual([{ value: 'Linux', n: 4, of: 4, share: 1 }])
    const spec = { field: 'environment.os_type', show: 'count' } as const
    // The server was set up on the second of the three days.
    expect(chartOf({ ...daily, since: '2026-11-21' }, spec).totals[0]?.n).toBe(6)
  })

  it('has the numbers that are compared, for the same values', () => {
    const spec = { field: 'usage.tts_provider_usage', show: 'share' } as const
    const onlyBefore = chartOf({ ...daily, counts: [] }, spec, { compared: { label: '8.11', rows: daily } })
    expect(onlyBefore.values).toEqual(providers.values)
    expect(onlyBefore.compared).toEqual({
      label: '8.11',
      points: providers.points,
      totals: providers.totals,
    })
    const previous = { from: '2026-11-17', to: '2026-11-19', counts: [] }
    expect(chartOf(daily, spec, { previous }).previous?.totals.map(({ n }) => n)).toEqual([0, 0, 0])
  })

  it('tells how each total changed: a share by points, a count by percent, nothing without a period before', () => {
    const before = { from: '2026-11-17', to: '2026-11-19' }
    const field = 'usage.tts_provider_usage'
    const manyTimes = (rows: Count[]) => rows.map((row) => ({ ...row, n: 100 * row.n }))
    const rows = [count('2026-11-17', field, 'kokoro', 8), count('2026-11-17', field, 'openai', 3)]
    const previous = { ...before, counts: manyTimes([...rows, count('2026-11-18', field, 'other', 1)]) }
    const changes = (show: 'share' | 'count', other: Parameters<typeof chartOf>[2]) => {
      const chart = chartOf({ ...daily, counts: manyTimes(counts) }, { field, show }, other)
      return chart.totals.map((total) => changeOfTotal(chart, total))
    }
    expect(changes('share', { previous })).toEqual(['▼ 10.0', '▲ 13.3', '▼ 3.3'])
    expect(changes('count', { previous })).toEqual(['≈', '▲ 100 %', '≈'])
    expect(changes('count', {})).toEqual([undefined, undefined, undefined])
  })

  it.each<[FieldValue, string]>([
    [{ field: 'installations', value: '' }, 'installations'],
    [{ field: 'environment.os_type', value: 'Linux' }, 'installations'],
    [{ field: 'usage.total_operations', value: '' }, 'operations'],
    [{ field: 'usage.failed_steps', value: 'speak' }, 'failed calls'],
    [{ field: 'usage.error_types', value: 'other' }, 'errors'],
    [{ field: 'usage.transport_usage', value: 'local' }, 'sessions'],
  ])('knows what is counted: %o', ({ field }, unit) => {
    expect(chartOf(daily, { field, show: 'count', title: 'A title', purpose: 'A purpose.' }).unit).toBe(unit)
  })
})
