import { expect, it } from 'vitest'
import {
  formatAverage,
  formatCount,
  formatDay,
  formatList,
  formatRatio,
  formatShare,
  formatTime,
} from './format.ts'

it('a small number is not shown as zero', () => {
  expect([formatRatio(0.04), formatRatio(0), formatShare(0.0004), formatShare(0)]).toEqual([
    '<0.1',
    '0.0',
    '<0.1%',
    '0.0%',
  ])
})

it('a small average keeps a decimal', () => {
  expect([0, 4, 4.26, 42.6, 1234.5].map(formatAverage)).toEqual(['0', '4', '4.3', '43', '1,235'])
})

it('a missing number is a dash', () => {
  expect([formatCount(undefined), formatRatio(undefined), formatShare(undefined)]).toEqual(['–', '–', '–'])
})

it('a long list is cut short', () => {
  expect(['a', 'ab', 'abcd', 'abcdef'].map((items) => formatList([...items]))).toEqual([
    'a',
    'a and b',
    'a, b, c and d',
    'a, b, c, d and 2 more',
  ])
})

it('days and times are UTC', () => {
  expect([formatDay('2026-11-21'), formatTime(Date.parse('2026-11-21T23:59:30Z'))]).toEqual([
    '21 Nov 2026',
    '23:59',
  ])
})
