import { addDays, daysBetween, daysFromTo } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addWeeks, boundsOf, isIsoWeek, isoWeekOf } from '../src/counts/isoWeek.ts'
import { newestDueWeek } from '../src/report/dueWeeks.ts'

const anyDay = fc.integer({ min: 0, max: 80_000 }).map((days) => addDays('1900-01-01', days))

test.each([
  ['2018-12-30', '2018-W52'],
  ['2018-12-31', '2019-W01'],
  ['2020-12-31', '2020-W53'],
  ['2021-01-03', '2020-W53'],
  ['2021-01-04', '2021-W01'],
  ['2022-01-01', '2021-W52'],
  ['2024-12-30', '2025-W01'],
  ['2026-11-21', '2026-W47'],
  ['2026-12-31', '2026-W53'],
  ['2027-01-03', '2026-W53'],
  ['2027-01-04', '2027-W01'],
])('%s is in the week %s', (day, week) => {
  expect(isoWeekOf(day)).toBe(week)
})

test('a week goes from Monday to Sunday, over new year too', () => {
  expect(boundsOf('2026-W47')).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  expect(boundsOf('2026-W53')).toEqual({ from: '2026-12-28', to: '2027-01-03' })
  expect(boundsOf('2019-W01')).toEqual({ from: '2018-12-31', to: '2019-01-06' })
})

test('a day is within its own week, which begins on a Monday and has seven days', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const { from, to } = boundsOf(isoWeekOf(day))
      expect(new Date(`${from}T00:00:00Z`).getUTCDay()).toBe(1)
      expect(daysBetween(from, to)).toBe(6)
      expect(from <= day && day <= to).toBe(true)
      expect(new Set(daysFromTo(from, to).map(isoWeekOf))).toEqual(new Set([isoWeekOf(day)]))
    }),
  )
})

test('the week is that of its Thursday, by its place in the year', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const thursday = addDays(boundsOf(isoWeekOf(day)).from, 3)
      const thursdays = daysFromTo(`${thursday.slice(0, 4)}-01-01`, thursday).filter(
        (other) => new Date(`${other}T00:00:00Z`).getUTCDay() === 4,
      )
      expect(isoWeekOf(day)).toBe(`${thursday.slice(0, 4)}-W${String(thursdays.length).padStart(2, '0')}`)
    }),
  )
})

test('weeks follow one another, in the order of their texts', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 120 }), (day, weeks) => {
      const week = isoWeekOf(day)
      expect(addWeeks(addWeeks(week, weeks), -weeks)).toBe(week)
      expect(addWeeks(week, weeks) > week).toBe(true)
      expect(boundsOf(addWeeks(week, 1)).from).toBe(addDays(boundsOf(week).to, 1))
    }),
  )
})

test.each(['2025-W53', '2026-W00', '2026-W54', '2026-W7', '2026W47', '26-W47', '', '2026-W47 ', '9999-W53'])(
  'the text "%s" names no week',
  (text) => {
    expect(isIsoWeek(text)).toBe(false)
    expect(() => boundsOf(text)).toThrow(RangeError)
  },
)

test('a year has week 53 only where its Thursdays are that many', () => {
  expect(isIsoWeek('2026-W53')).toBe(true)
  expect(isIsoWeek('2020-W53')).toBe(true)
  expect(isIsoWeek('2027-W53')).toBe(false)
})

test('a week is due on the eighth day after its Sunday and not before', () => {
  expect(newestDueWeek('2026-11-29')).toBe('2026-W46')
  expect(newestDueWeek('2026-11-30')).toBe('2026-W47')
  expect(newestDueWeek('2026-12-06')).toBe('2026-W47')
  expect(newestDueWeek('2026-12-07')).toBe('2026-W48')
  expect(newestDueWeek('2027-01-11')).toBe('2026-W53')
})
