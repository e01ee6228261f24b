import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('what was counted is told by outcome and kind, with what never happened at 0', () => {
  const metrics = createMetrics()
  metrics.countEvent('stored')
  metrics.countEvent('stored')
  metrics.countEvent('refused', 'too-large')
  metrics.countStoreFailure('read-only')
  const text = metrics.write({ version: '1.2.3', store: { daysToAggregate: 4 }, logLinesLost: 2 })
  for (const line of [
    'voicemode_telemetry_events_total{outcome="stored"} 2',
    'voicemode_telemetry_events_total{outcome="withheld"} 0',
    'voicemode_telemetry_events_total{outcome="refused",kind="too-large"} 1',
    'voicemode_telemetry_store_failures_total{kind="read-only"} 1',
    'voicemode_telemetry_store_failures_total{kind="full"} 0',
    'voicemode_telemetry_store_up 1',
    'voicemode_telemetry_days_to_aggregate 4',
    'voicemode_telemetry_log_lines_lost_total 2',
    'voicemode_telemetry_build_info{version="1.2.3"} 1',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

test('a store that cannot be read is told as down, and what it holds is not made up', () => {
  const text = createMetrics().write({ version: '1.2.3', store: undefined, logLinesLost: 0 })
  expect(text).toContain('voicemode_telemetry_store_up 0\n')
  expect(text).not.toContain('days_to_aggregate')
})
