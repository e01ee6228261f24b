import { expect, it } from 'vitest'
import { type ChartSpec, chartOf } from './chart.ts'
import { summaryOf } from './summary.ts'

const daily = {
  from: '2026-11-20',
  to: '2026-11-22',
  counts: [
    { day: '2026-11-20', field: 'usage.total_sessions', value: '', n: 10 },
    { day: '2026-11-22', field: 'usage.total_sessions', value: '', n: 32 },
    { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'kokoro', n: 6 },
    { day: '2026-11-20', field: 'usage.tts_provider_usage', value: 'openai', n: 4 },
    { day: '2026-11-22', field: 'usage.tts_provider_usage', value: 'kokoro', n: 10 },
  ],
}
const summary = (spec: ChartSpec) => summaryOf(chartOf(daily, spec))
const providers: ChartSpec = { field: 'usage.tts_provider_usage', show: 'share' }

it('the summary of a number says its lowest and highest day', () => {
  expect(summary({ field: 'usage.total_sessions', show: 'count' })).toBe(
    'Sessions per day from 20 Nov 2026 to 22 Nov 2026 (UTC). Lowest: 0 on 21 Nov 2026; highest: 32 on 22 Nov 2026.',
  )
})

it('the summary of a stack says the total of each value', () => {
  expect(summary(providers)).toContain('Over all days: openai 20.0%, kokoro 80.0%.')
})

it('the summary of lines says the lowest and highest day of each value', () => {
  expect(summary({ ...providers, as: 'lines' })).toContain(
    'kokoro, lowest: 60.0% on 20 Nov 2026; highest: 100.0% on 22 Nov 2026.',
  )
})

it('the summary of a chart without counts says so', () => {
  expect(summary({ field: 'usage.transport_usage', show: 'share' })).toBe('Transport: nothing was counted.')
})
