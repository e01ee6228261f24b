import { addDays, daysBetween } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canStillGrow, FIRST_DAY, lastMonth, lastWeek, lastWholeDay, previousDays } from './days.ts'

const anyDay = fc.integer({ min: 0, max: 5000 }).map((n) => addDays(FIRST_DAY, n))

it('a day is over at midnight UTC', () => {
  const midnight = Date.parse('2026-11-24T00:00:00Z')
  expect([lastWholeDay(midnight - 1), lastWholeDay(midnight)]).toEqual(['2026-11-22', '2026-11-23'])
})

it('the last week and the last month are over', () => {
  fc.assert(
    fc.property(anyDay, (lastDay) => {
      for (const { from, to } of [lastWeek(lastDay), lastMonth(lastDay)])
        expect(from < to && to <= lastDay).toBe(true)
      expect(daysBetween(lastWeek(lastDay).to, lastDay)).toBeLessThan(7)
      expect(daysBetween(lastMonth(lastDay).to, lastDay)).toBeLessThan(31)
    }),
  )
  expect(lastWeek('2026-11-22')).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  expect(lastWeek('2026-11-21')).toEqual({ from: '2026-11-09', to: '2026-11-15' })
  expect(lastMonth('2026-11-29')).toEqual({ from: '2026-10-01', to: '2026-10-31' })
  expect(lastMonth('2026-11-30')).toEqual({ from: '2026-11-01', to: '2026-11-30' })
})

it('days less than a week ago can still grow', () => {
  const endingOn = (to: string) => canStillGrow({ from: '2026-11-01', to }, '2026-11-27')
  expect(['2026-11-21', '2026-11-22', '2026-11-27'].map(endingOn)).toEqual([false, true, true])
})

it('the previous period has as many days, and ends where the period begins', () => {
  fc.assert(
    fc.property(anyDay, fc.nat(400), (from, more) => {
      const days = { from, to: addDays(from, more) }
      const previous = previousDays(days)
      expect(daysBetween(previous.from, previous.to)).toBe(daysBetween(days.from, days.to))
      expect(addDays(previous.to, 1)).toBe(days.from)
    }),
  )
})
