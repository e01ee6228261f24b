import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyEvent, eventOf } from '../test/events.ts'
import { type FieldCount, rollUp } from './rollUp.ts'

test('two reports of one installation on a day count as one installation', async () => {
  const events = [await eventOf({ installation: 1 }), await eventOf({ installation: 1, hour: 5 })]
  const counts = await rollUp(events)
  expect(counts).toContainEqual({ field: 'installations', value: '', n: 1 })
  expect(counts).toContainEqual({ field: 'environment.os_type', value: 'Linux', n: 1 })
  expect(counts).toContainEqual({ field: 'usage.total_sessions', value: '', n: 6 })
})

test('what succeeded is counted in operations, so that a rate over days can be computed', async () => {
  const counts = await rollUp([await eventOf({ installation: 1 }), await eventOf({ installation: 2 })])
  expect(counts).toContainEqual({ field: 'usage.success_rate', value: '', n: 18 })
  expect(counts).toContainEqual({ field: 'usage.total_operations', value: '', n: 20 })
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

      for (const { field, value, n } of await rollUp(events)) {
        const [group, name = ''] = field.split('.')
        const usage = (event: (typeof events)[number]) =>
          event.usage as unknown as Record<string, Record<string, number>>
        if (field === 'installations') expect(n).toBe(distinct(() => true))
        else if (group === 'environment') {
          expect(n).toBe(distinct((event) => Object(event.environment)[name] === value))
        } else if (field === 'usage.success_rate') {
          const succeeded = ({ usage }: (typeof events)[number]) =>
            Math.round(((usage.success_rate ?? 0) * usage.total_operations) / 100)
          expect(n).toBe(sum(succeeded))
        } else if (value === '') expect(n).toBe(sum((event) => Number(usage(event)[name])))
        else expect(n).toBe(sum((event) => usage(event)[name]?.[value] ?? 0))
      }
    }),
  )
})

test('every value of every event is counted', async () => {
  await fc.assert(
    fc.asyncProperty(anyEvent(), async (event) => {
      const counts = await rollUp([event])
      const has = (field: string, value: string) =>
        counts.some((count: FieldCount) => count.field === field && count.value === value)
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
