import { addDays, daysBetween } from '@voicemode-telemetry/protocol'
import { MAX_CHART_DAYS } from '@voicemode-telemetry/protocol/wire/charts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FIRST_DAY, lastWholeDay, previousDays, rangeBetween } from './days.ts'

const anyDay = fc.integer({ min: 0, max: 5000 }).map((n) => addDays(FIRST_DAY, n))

it('a day is over at midnight UTC', () => {
  const midnight = Date.parse('2026-11-24T00:00:00Z')
  expect([lastWholeDay(midnight - 1), lastWholeDay(midnight)]).toEqual(['2026-11-22', '2026-11-23'])
})

it('a custom range takes its days in either order, and is cut to the longest range', () => {
  fc.assert(
    fc.property(anyDay, anyDay, (a, b) => {
      const { from, to } = rangeBetween(a, b)
      expect({ from, to }).toEqual(rangeBetween(b, a))
      expect(to).toBe([a, b].sort()[1])
      expect(daysBetween(from, to)).toBe(Math.min(Math.abs(daysBetween(a, b)), MAX_CHART_DAYS - 1))
    }),
  )
})

it('the previous period has as many days, and ends where the period begins', () => {
  fc.assert(
    fc.property(anyDay, anyDay, (a, b) => {
      const days = rangeBetween(a, b)
      const previous = previousDays(days)
      expect(daysBetween(previous.from, previous.to)).toBe(daysBetween(days.from, days.to))
      expect(addDays(previous.to, 1)).toBe(days.from)
    }),
  )
})
