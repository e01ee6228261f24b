import { expect, test } from 'vitest'
import { formatChange } from './change.ts'
import type { Sample } from './noise.ts'

const use = (n: number, of?: number): Sample => ({ n, ...(of !== undefined && { of }), unit: 'sessions' })

test.each<[now: Sample, before: Sample | undefined, unit: 'points' | 'per 100', string | undefined]>([
  [use(10600), use(10000), 'points', '▲ 6 %'],
  [use(50), use(100), 'points', '▼ 50 %'],
  [use(106), use(100), 'points', 'no clear change'],
  [use(0), use(0), 'points', 'no clear change'],
  [use(3), use(0), 'points', 'no clear change'],
  [use(300), use(0), 'points', '▲'],
  [use(4600, 100_000), use(5000, 100_000), 'points', '▼ 0.4 points'],
  [use(46, 1000), use(50, 1000), 'points', 'no clear change'],
  [use(320, 10_000), use(210, 10_000), 'per 100', '▲ 1.1'],
  [use(50_000_000, 1e9), use(50_100_000, 1e9), 'points', 'no clear change'],
  [use(1), undefined, 'points', undefined],
  [use(0, 0), use(1, 2), 'points', undefined],
])('%j after %j, in %s, is %j', (now, before, unit, change) => {
  expect(formatChange(now, before, unit)).toBe(change)
})
