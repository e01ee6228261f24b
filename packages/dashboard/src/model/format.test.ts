import { expect, it } from 'vitest'
import { formatAverage, formatDay, formatRatio, formatShare, formatTime } from './format.ts'

it('little is not shown as none', () => {
  expect([formatRatio(0.04), formatRatio(0), formatShare(0.0004), formatShare(0)]).toEqual([
    '<0.1',
    '0.0',
    '<0.1%',
    '0.0%',
  ])
})

it('an average keeps a decimal where it is small', () => {
  expect([0, 4, 4.26, 42.6, 1234.5].map(formatAverage)).toEqual(['0', '4', '4.3', '43', '1,235'])
})

it('there is a dash where there is nothing to divide by', () => {
  expect([formatRatio(undefined), formatShare(undefined)]).toEqual(['–', '–'])
})

it('days and times are UTC', () => {
  expect([formatDay('2026-11-21'), formatTime(Date.parse('2026-11-21T23:59:30Z'))]).toEqual([
    '21 Nov 2026',
    '23:59',
  ])
})
