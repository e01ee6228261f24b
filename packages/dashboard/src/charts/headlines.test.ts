import type { Count } from '@voicemode-telemetry/protocol/wire/charts'
import { describe, expect, it } from 'vitest'
import { cohortDays, retentionOf } from '../model/cohorts.ts'
import type { Numbers, Rows } from '../model/numbers.ts'
import { headlinesOf } from './headlines.ts'

const dailyOf = (rows: [string, string, string, number][]): Rows => ({
  from: '2026-11-20',
  to: '2026-11-22',
  counts: rows.map(([day, field, value, n]): Count => ({ day, field, value, n })),
})

const SINCE = '2026-01-01'
const all = dailyOf([
  ['2026-11-20', 'installations', '', 4],
  ['2026-11-20', 'usage.total_sessions', '', 10],
  ['2026-11-20', 'usage.total_operations', '', 100],
  ['2026-11-20', 'usage.success_rate', '', 98],
  ['2026-11-20', 'usage.stt_provider_usage', 'whisper-local', 3],
  ['2026-11-20', 'usage.stt_provider_usage', 'openai', 1],
  ['2026-11-22', 'installations', '', 8],
  ['2026-11-22', 'usage.total_sessions', '', 32],
  ['2026-11-22', 'usage.total_operations', '', 300],
  ['2026-11-22', 'usage.success_rate', '', 290],
  ['2026-11-20', 'usage.failed_steps', 'transcribe', 2],
  ['2026-11-22', 'usage.failed_steps', 'record', 5],
  ['2026-11-22', 'usage.failed_steps', 'transcribe', 5],
  ['2026-11-22', 'installations.last_30_days', '', 9],
])
const cohorts = { ...cohortDays(all), counts: [] }
const NO_SEGMENTS = { from: all.from, to: all.to, field: 'usage.failed_steps', segments: [] }
const numbersOf = (daily: Rows, more: Partial<Numbers> = {}): Numbers => ({
  all: { daily, previous: undefined },
  shown: { daily, previous: undefined },
  isFiltered: false,
  cohorts,
  compared: undefined,
  failures: { now: NO_SEGMENTS, previous: undefined },
  since: SINCE,
  ...more,
})
const retention = retentionOf(
  [
    { day: '2026-11-02', field: 'installations.cohort', value: '0', n: 4 },
    { day: '2026-11-02', field: 'installations.cohort', value: '1', n: 1 },
  ],
  cohorts,
  '2026-11-22',
  SINCE,
)
const headline = (label: string, headlines = headlinesOf(numbersOf(all), retention)) =>
  headlines.find((one) => one.label === label)

describe('the headlines', () => {
  it('average over all days of the range, also those without a row', () => {
    expect(headline('Active per day')?.value).toBe('4')
  })

  it('weight the success rate by operations, not by days', () => {
    expect(headline('Success rate')?.value).toBe('97.0%')
  })

  it('say how many calls fail and where most do, how many use a local Whisper and how many return in week 2', () => {
    expect(headline('Failed calls per 100')).toMatchObject({
      value: '3.0',
      note: '12 failed, most at “transcribe” (58.3%)',
    })
    expect(headline('Local Whisper')?.value).toBe('75.0%')
    expect(headline('Return in week 2')?.value).toBe('25.0%')
  })

  it('have a dash for a ratio if nothing was counted', () => {
    const headlines = headlinesOf(numbersOf(dailyOf([])), retentionOf([], cohorts, '2026-11-22', SINCE))
    const open = headlines.filter(({ value }) => value === '–').map(({ label }) => label)
    expect(open).toEqual(['Return in week 2', 'Success rate', 'Failed calls per 100', 'Local Whisper'])
  })

  it('with a filter, include the number for all installations, or say that they are not filtered', () => {
    const filtered = dailyOf([
      ['2026-11-20', 'usage.total_operations', '', 50],
      ['2026-11-20', 'usage.failed_steps', 'speak', 5],
    ])
    const shown = { daily: filtered, previous: undefined }
    const headlines = headlinesOf(numbersOf(all, { shown, isFiltered: true }), retention)
    expect(headline('Failed calls per 100', headlines)).toMatchObject({ value: '10.0', beside: ['all: 3.0'] })
    const unfiltered = headlines.filter(({ beside }) => beside.includes('not filtered'))
    expect(unfiltered.map(({ label, value }) => [label, value])).toEqual([
      ['Active in 30 days', '9'],
      ['New', '0'],
    ])
    expect(headlines.flatMap(({ label, isUnfiltered }) => (isUnfiltered ? [label] : []))).toEqual([
      ...['Active in 30 days', 'New', 'Return in week 2'],
    ])
    expect(headline('Return in week 2', headlines)?.note).toContain('never filtered')
  })

  it('say how they changed: a count by percent, a share by points, nothing where there was no such period', () => {
    const previous = dailyOf([
      ['2026-11-20', 'usage.total_sessions', '', 8],
      ['2026-11-20', 'usage.total_operations', '', 100],
      ['2026-11-20', 'usage.success_rate', '', 30],
    ])
    const headlines = headlinesOf(numbersOf(all, { shown: { daily: all, previous } }), retention)
    expect(headline('Sessions', headlines)?.change).toMatch(/^▲ \d[\d,]* % from 8$/)
    expect(headline('Success rate', headlines)?.change).toMatch(/^▲ 67\.0 points from 30\.0%$/)
    expect(headline('New', headlines)?.change).toBeUndefined()
  })

  it('have a compared version beside them', () => {
    const compared = { label: '8.11', isPrevious: false, rows: dailyOf([]) }
    expect(headline('Sessions', headlinesOf(numbersOf(all, { compared }), retention))?.beside).toEqual([
      '8.11: 0',
    ])
  })

  it('say from when on new installations are known while the server is too young to tell them', () => {
    const shown = (since: string) => headline('New', headlinesOf(numbersOf(all, { since }), retention))
    expect(shown('2026-10-22')?.value).toBe('0')
    expect(shown('2026-10-23')).toMatchObject({
      value: '–',
      note: expect.stringContaining('Known for days from 21 Nov 2026 on.'),
    })
  })

  it('have no share of those who return before a week of new installations and the next one are over', () => {
    const young = retentionOf([], cohorts, '2026-11-22', '2026-10-20')
    expect(headline('Return in week 2', headlinesOf(numbersOf(all), young))).toMatchObject({
      value: '–',
      note: expect.stringContaining('Known from 7 Dec 2026 on.'),
    })
  })

  it('average over the days from the one on which the server was set up', () => {
    const daily = { ...all, since: '2026-11-22' }
    expect(headline('Active per day', headlinesOf(numbersOf(daily), retention))?.value).toBe('12')
    expect(headline('Active per day')?.value).toBe('4')
  })
})
