import { MAX_COUNT, successRate, type Usage } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyEvent, eventOf } from '../../test/events.ts'
import type { SegmentCount } from './counts.ts'
import { MAX_VERSION_SEGMENTS, MAX_VERSIONS, rollUp } from './rollUp.ts'
import { isVersionSegment, segmentsOf } from './segments.ts'

/** The counts of a segment, without its name and in order. */
function countsOf(segment: string, counts: SegmentCount[]) {
  return counts
    .filter((count) => count.segment === segment)
    .map(({ field, value, n }) => ({ field, value, n }))
    .sort((a, b) => (`${a.field}=${a.value}` < `${b.field}=${b.value}` ? -1 : 1))
}

const everyone = (counts: SegmentCount[]) => countsOf('', counts)

test('two reports of one installation on a day count as one installation', async () => {
  const events = [await eventOf({ installation: 1 }), await eventOf({ installation: 1, hour: 5 })]
  const counts = everyone(await rollUp(events))
  expect(counts).toContainEqual({ field: 'installations', value: '', n: 1 })
  expect(counts).toContainEqual({ field: 'environment.os_type', value: 'Linux', n: 1 })
  expect(counts).toContainEqual({ field: 'usage.total_sessions', value: '', n: 6 })
})

test('what succeeded is counted in operations, so that a rate over days can be computed', async () => {
  const events = [await eventOf({ installation: 1 }), await eventOf({ installation: 2 })]
  const counts = everyone(await rollUp(events))
  expect(counts).toContainEqual({ field: 'usage.success_rate', value: '', n: 18 })
  expect(counts).toContainEqual({ field: 'usage.total_operations', value: '', n: 20 })
})

test('what succeeded is exact, and where operations were cut as exact as the rate', async () => {
  const event = await eventOf({ installation: 1 })
  const most = MAX_COUNT / 8
  const steps = fc.record({ speak: fc.nat(most), record: fc.nat(most), transcribe: fc.nat(most) })
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(MAX_COUNT), async (failed_steps, succeeded) => {
      const operations = failed_steps.speak + failed_steps.record + failed_steps.transcribe + succeeded
      fc.pre(operations > 0)
      const usage = {
        ...event.usage,
        success_rate: successRate(succeeded, operations),
        total_operations: Math.min(operations, MAX_COUNT),
        failed_steps,
      }
      const counts = everyone(await rollUp([{ ...event, usage }]))
      const n = counts.find(({ field }) => field === 'usage.success_rate')?.n ?? 0
      if (operations < MAX_COUNT) expect(n).toBe(succeeded)
      else expect(Math.abs(n / MAX_COUNT - succeeded / operations)).toBeLessThan(0.00051)
    }),
  )
})

test('an event that was stored without failed_steps counts by its rate', async () => {
  const event = await eventOf({ installation: 1 })
  const { failed_steps: _, ...usage } = event.usage
  const counts = everyone(await rollUp([{ ...event, usage: usage as Usage }]))
  expect(counts).toContainEqual({ field: 'usage.success_rate', value: '', n: 9 })
  expect(counts.filter(({ field }) => field === 'usage.failed_steps')).toEqual([])
})

test('a day without events has no counts', async () => {
  expect(await rollUp([])).toEqual([])
})

test('counts agree with a plain count of whatever events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent()), async (events) => {
      events.sort((a, b) => (a.telemetry_id < b.telemetry_id ? -1 : 1))
      const distinct = (of: (event: (typeof events)[number]) => boolean) =>
        new Set(events.filter(of).map((event) => event.telemetry_id)).size
      const sum = (of: (event: (typeof events)[number]) => number) =>
        events.reduce((total, event) => total + of(event), 0)

      for (const { field, value, n } of everyone(await rollUp(events))) {
        const [group, name = ''] = field.split('.')
        const usage = (event: (typeof events)[number]) =>
          event.usage as unknown as Record<string, Record<string, number>>
        if (field === 'installations') expect(n).toBe(distinct(() => true))
        else if (group === 'environment') {
          expect(n).toBe(distinct((event) => Object(event.environment)[name] === value))
        } else if (field === 'usage.success_rate') {
          const failed = ({ usage }: (typeof events)[number]) =>
            Object.values(usage.failed_steps).reduce((total, n) => total + n, 0)
          expect(n).toBe(sum((event) => event.usage.total_operations - failed(event)))
        } else if (value === '') expect(n).toBe(sum((event) => Number(usage(event)[name])))
        else expect(n).toBe(sum((event) => usage(event)[name]?.[value] ?? 0))
      }
    }),
  )
})

test('every value of every event is counted', async () => {
  await fc.assert(
    fc.asyncProperty(anyEvent(), async (event) => {
      const counts = everyone(await rollUp([event]))
      const has = (field: string, value: string) =>
        counts.some((count) => count.field === field && count.value === value)
      expect(has('installations', '')).toBe(true)
      for (const [name, value] of Object.entries(event.environment)) {
        expect(has(`environment.${name}`, value)).toBe(true)
      }
      for (const [name, value] of Object.entries(event.usage)) {
        const words = typeof value === 'number' ? [''] : Object.keys(value)
        for (const word of words) expect(has(`usage.${name}`, word)).toBe(true)
      }
    }),
  )
})

test('the counts of a segment are those of its events alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent()), async (events) => {
      events.sort((a, b) => (a.telemetry_id < b.telemetry_id ? -1 : 1))
      const counts = await rollUp(events)
      const segments = new Set(events.flatMap(({ environment }) => segmentsOf(environment)))
      expect(new Set(counts.map(({ segment }) => segment))).toEqual(segments)
      for (const segment of segments) {
        const alone = events.filter(({ environment }) => segmentsOf(environment).includes(segment))
        expect(countsOf(segment, counts)).toEqual(everyone(await rollUp(alone)))
      }
    }),
  )
})

test('versions are kept apart by their series, and a filter names a segment', async () => {
  const counts = await rollUp([await eventOf({ installation: 1 })])
  expect([...new Set(counts.map(({ segment }) => segment))]).toEqual([
    '',
    'environment.os_type=Linux',
    'environment.install_method=uv',
    'environment.mcp_host=claude-code',
    'environment.exec_source=mcp',
    'environment.version=8.12',
  ])
})

test('of versions somebody made up the most used are counted by name, whatever their number', async () => {
  const event = await eventOf({ installation: 1 })
  const many = 12 * MAX_VERSIONS
  const events = Array.from({ length: many }, (_, n) => ({
    ...event,
    telemetry_id: `${n}`,
    environment: { ...event.environment, version: n % 100 === 0 ? '8.12.0' : `9.${n}.0` },
  }))
  const counts = await rollUp(events)
  const versions = everyone(counts).filter(({ field }) => field === 'environment.version')
  expect(versions).toHaveLength(MAX_VERSIONS + 1)
  expect(versions).toContainEqual({ field: 'environment.version', value: '8.12.0', n: 12 })
  const named = MAX_VERSIONS - 1
  expect(versions).toContainEqual({ field: 'environment.version', value: 'other', n: many - 12 - named })
  const segments = new Set(counts.map(({ segment }) => segment))
  expect([...segments].filter(isVersionSegment)).toHaveLength(MAX_VERSION_SEGMENTS)
  expect(segments).toContain('environment.version=8.12')
})
