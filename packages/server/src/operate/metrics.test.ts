import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('what was counted is told by outcome and kind, with what never happened at 0', () => {
  const metrics = createMetrics(() => 0)
  metrics.countEvent('stored')
  metrics.countEvent('stored')
  metrics.countEvent('refused', 'too-large')
  metrics.countStoreFailure('read-only')
  const text = metrics.write({
    version: '1.2.3',
    store: {
      daysToAggregate: 4,
      isClockBelieved: false,
      deletionWaits: true,
      late: [{ promise: 'forgetting', days: 3 }],
      unreadable: [{ day: '2026-11-20', n: 2 }],
    },
    logLinesLost: 2,
  })
  for (const line of [
    'voicemode_telemetry_events_total{outcome="stored"} 2',
    'voicemode_telemetry_events_total{outcome="withheld"} 0',
    'voicemode_telemetry_events_total{outcome="refused",kind="too-large"} 1',
    'voicemode_telemetry_store_failures_total{kind="read-only"} 1',
    'voicemode_telemetry_store_failures_total{kind="full"} 0',
    'voicemode_telemetry_store_up 1',
    'voicemode_telemetry_aggregation_backlog 4',
    'voicemode_telemetry_clock_believed 0',
    'voicemode_telemetry_late_seconds{promise="forgetting"} 259200',
    'voicemode_telemetry_late_seconds{promise="reports"} 0',
    'voicemode_telemetry_unreadable_events{day="2026-11-20"} 2',
    'voicemode_telemetry_deletion_waiting 1',
    'voicemode_telemetry_log_lines_lost_total 2',
    'voicemode_telemetry_build_info{version="1.2.3"} 1',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

test('a store that cannot be read is told as down, and what it holds is not made up', () => {
  const text = createMetrics(() => 0).write({ version: '1.2.3', store: undefined, logLinesLost: 0 })
  expect(text).toContain('voicemode_telemetry_store_up 0\n')
  expect(text).not.toContain('aggregation_backlog')
})

test('a server suspects its own clock while most events of an hour are refused for their time, and at least 5', () => {
  let now = Date.parse('2026-11-21T12:00:00Z')
  const metrics = createMetrics(() => now)
  const isSuspected = () =>
    metrics
      .write({ version: '1.2.3', store: undefined, logLinesLost: 0 })
      .includes('voicemode_telemetry_clock_suspected 1\n')
  for (let n = 0; n < 4; n++) metrics.countEvent('refused', n % 2 ? 'ahead-of-clock' : 'past-retention')
  metrics.countEvent('refused', 'not-an-event')
  expect(isSuspected()).toBe(false)
  metrics.countEvent('forgotten')
  expect(isSuspected()).toBe(true)
  for (let n = 0; n < 5; n++) metrics.countEvent('stored')
  expect(isSuspected()).toBe(false)
  metrics.countEvent('refused', 'ahead-of-clock')
  expect(isSuspected()).toBe(true)
  now += 3_600_000
  expect(isSuspected()).toBe(false)
})

test('metrics are named as Prometheus wants it: help for each, a counter is a total, and times are in seconds', () => {
  const store = { daysToAggregate: 0, isClockBelieved: true, deletionWaits: false, late: [], unreadable: [] }
  const text = createMetrics(() => 0).write({ version: '1.2.3', store, logLinesLost: 0 })
  const types = [...text.matchAll(/^# HELP (\S+) .+\n# TYPE \1 (\w+)$/gm)]
  expect(types.length).toBe(text.match(/^# TYPE/gm)?.length)
  for (const [, name = '', type] of types) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter')
    expect(name).not.toMatch(/_(milliseconds|minutes|hours|days|weeks|kilobytes|megabytes|percent)(_|$)/)
  }
})
