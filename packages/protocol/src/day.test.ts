import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, daysBetween, daysFromTo, isDay } from './day.ts'

test.each(['2026-02-30', '2026-13-01', '2026-1-1', '', 'yesterday', '2026-11-20T00:00'])(
  '%j is no day',
  (text) => {
    expect(isDay(text)).toBe(false)
  },
)

test('a day and the days between lead back to the other day', () => {
  const day = fc.integer({ min: -20_000, max: 40_000 }).map((n) => addDays('1970-01-01', n))
  fc.assert(
    fc.property(day, day, (from, to) => {
      expect(isDay(from)).toBe(true)
      expect(addDays(from, daysBetween(from, to))).toBe(to)
      expect(from < to).toBe(daysBetween(from, to) > 0)
    }),
  )
})

test('a range holds both its ends, and is empty where they are the wrong way round', () => {
  expect(daysFromTo('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
  expect(daysFromTo('2026-03-01', '2026-02-27')).toEqual([])
})
