import { expect, test } from 'vitest'
import { formatChange, type Measured } from './change.ts'

test.each<[now: number | undefined, before: number | undefined, Measured, string | undefined]>([
  [106, 100, 'count', '▲ 6 %'],
  [50, 100, 'count', '▼ 50 %'],
  [1001, 1000, 'count', 'unchanged'],
  [0, 0, 'count', 'unchanged'],
  [3, 0, 'count', '▲ from 0'],
  [0.046, 0.05, 'share', '▼ 0.4 points'],
  [3.2, 2.1, 'per 100', '▲ 1.1'],
  [0.05, 0.0501, 'share', 'unchanged'],
  [1, undefined, 'count', undefined],
  [undefined, 1, 'share', undefined],
])('%j after %j, as a %s, is %j', (now, before, measured, change) => {
  expect(formatChange(now, before, measured)).toBe(change)
})
