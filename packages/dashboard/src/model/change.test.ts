import { expect, test } from 'vitest'
import { formatChange } from './change.ts'
import type { Sample } from './noise.ts'

const uses = (n: number, of?: number): Sample => ({ n, ...(of !== undefined && { of }), unit: 'uses' })

test.each<[now: Sample, before: Sample | undefined, unit: 'points' | 'per 100', string | undefined]>([
  [uses(10600), uses(10000), 'points', '▲ 6 %'],
  [uses(50), uses(100), 'points', '▼ 50 %'],
  [uses(106), uses(100), 'points', 'no clear change'],
  [uses(0), uses(0), 'points', 'no clear change'],
  [uses(3), uses(0), 'points', 'no clear change'],
  [uses(300), uses(0), 'points', '▲'],
  [uses(4600, 100_000), uses(5000, 100_000), 'points', '▼ 0.4 points'],
  [uses(46, 1000), uses(50, 1000), 'points', 'no clear change'],
  [uses(320, 10_000), uses(210, 10_000), 'per 100', '▲ 1.1'],
  [uses(50_000_000, 1e9), uses(50_100_000, 1e9), 'points', 'no clear change'],
  [uses(1), undefined, 'points', undefined],
  [uses(0, 0), uses(1, 2), 'points', undefined],
])('%j after %j, in %s, is %j', (now, before, unit, change) => {
  expect(formatChange(now, before, unit)).toBe(change)
})
