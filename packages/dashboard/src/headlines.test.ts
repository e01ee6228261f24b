import { describe, expect, it } from 'vitest'
import type { Count, DailyCounts } from './charts.ts'
import { cohortDays, retentionOf } from './cohorts.ts'
import { headlinesOf } from './headlines.ts'

const dailyOf = (rows: [string, string, string, number][]): DailyCounts => ({
  from: '2026-11-20',
  to: '2026-11-22',
  counts: rows.map(([day, field, value, n]): Count => ({ day, field, value, n })),
})

const everyone = dailyOf([
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
const cohorts = cohortDays(everyone)
const retention = retentionOf(
  [
    { day: '2026-11-02', field: 'installations.cohort', value: '0', n: 4 },
    { day: '2026-11-02', field: 'installations.cohort', value: '1', n: 1 },
  ],
  cohorts,
  '2026-11-22',
)
const headline = (label: string, headlines = headlinesOf({ everyone, retention })) =>
  headlines.find((one) => one.label === label)

describe('the headlines', () => {
  it('average over all days of the range, also those without a row', () => {
    expect(headline('Active a day')?.value).toBe('4')
  })

  it('weigh the rate of success by operations, not by days', () => {
    expect(headline('Success rate')?.value).toBe('97.0%')
  })

  it('answer how many calls fail and where most do, who runs Whisper locally and who comes back in week two', () => {
    expect(headline('Failed calls per 100')).toMatchObject({
      value: '3.0',
      note: '12 failed, most at “transcribe” (58.3%)',
    })
    expect(headline('Whisper locally')?.value).toBe('75.0%')
    expect(headline('Come back in week two')?.value).toBe('25.0%')
  })

  it('leave a ratio open where nothing was counted', () => {
    const headlines = headlinesOf({
      everyone: dailyOf([]),
      retention: retentionOf([], cohorts, '2026-11-22'),
    })
    const open = headlines.filter(({ value }) => value === '–').map(({ label }) => label)
    expect(open).toEqual(['Come back in week two', 'Success rate', 'Failed calls per 100', 'Whisper locally'])
  })

  it('have everyone’s number beside that of a filter, and say what cannot be filtered', () => {
    const filtered = dailyOf([
      ['2026-11-20', 'usage.total_operations', '', 50],
      ['2026-11-20', 'usage.failed_steps', 'speak', 5],
    ])
    const headlines = headlinesOf({ everyone, filtered, retention })
    expect(headline('Failed calls per 100', headlines)).toMatchObject({ value: '10.0', everyone: '3.0' })
    expect(headlines.filter(({ isOfEveryone }) => isOfEveryone).map(({ value }) => value)).toEqual([
      '9',
      '0',
      '25.0%',
    ])
  })

  it('have the number of the days before beside them under a comparison', () => {
    const headlines = headlinesOf({ everyone, before: { everyone: dailyOf([]) }, retention })
    expect(headline('Sessions', headlines)?.before).toBe('0')
  })
})
