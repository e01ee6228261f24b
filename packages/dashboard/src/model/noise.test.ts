import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isBeyondNoise, type Sample, standardErrors } from './noise.ts'

const anyShare = fc
  .record({ of: fc.integer({ min: 0, max: 100_000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ of, part }): Sample => ({ n: Math.floor(part * of), of, unit: 'calls' }))
const anyCount = fc.integer({ min: 0, max: 100_000 }).map((n): Sample => ({ n, unit: 'calls' }))
const anyPair = fc.oneof(fc.tuple(anyShare, anyShare), fc.tuple(anyCount, anyCount))
const times = (factor: number, { n, of, unit }: Sample): Sample => ({
  ...{ n: factor * n, unit },
  ...(of !== undefined && { of: factor * of }),
})

it('matches numbers worked out by hand', () => {
  // Pooled 0.2: 0.1 / sqrt(0.2 * 0.8 * (1/400 + 1/400)).
  const people = (n: number, of: number): Sample => ({ n, of, unit: 'installations' })
  expect(standardErrors(people(100, 400), people(60, 400))).toBeCloseTo(3.5355, 3)
  // (225 - 175) / sqrt(400); sessions count half, and calls of a plain count an eighth.
  expect(standardErrors({ n: 225, unit: 'installations' }, { n: 175, unit: 'installations' })).toBe(2.5)
  expect(standardErrors({ n: 450, unit: 'sessions' }, { n: 350, unit: 'sessions' })).toBe(2.5)
  expect(standardErrors({ n: 1800, unit: 'calls' }, { n: 1400, unit: 'calls' })).toBe(2.5)
})

it('is a finite number with the sign of the change, and turns round with the periods', () => {
  fc.assert(
    fc.property(anyPair, ([now, before]) => {
      const errors = standardErrors(now, before)
      expect(Number.isFinite(errors)).toBe(true)
      expect(errors + standardErrors(before, now)).toBeCloseTo(0)
      const difference = now.n / (now.of ?? 1) - before.n / (before.of ?? 1)
      if (errors !== 0) expect(Math.sign(errors)).toBe(Math.sign(difference))
    }),
  )
})

it('is clearer the more was counted, and less clear for calls than for installations', () => {
  fc.assert(
    fc.property(anyPair, fc.integer({ min: 2, max: 9 }), ([now, before], factor) => {
      const errors = Math.abs(standardErrors(now, before))
      expect(Math.abs(standardErrors(times(factor, now), times(factor, before)))).toBeGreaterThanOrEqual(
        errors,
      )
      const people = (sample: Sample): Sample => ({ ...sample, unit: 'installations' })
      expect(Math.abs(standardErrors(people(now), people(before)))).toBeGreaterThanOrEqual(errors)
    }),
  )
})

it('takes a share and the rest of its whole alike', () => {
  fc.assert(
    fc.property(anyShare, anyShare, (now, before) => {
      const rest = (sample: Sample): Sample => ({ ...sample, n: (sample.of ?? 0) - sample.n })
      expect(standardErrors(rest(now), rest(before)) + standardErrors(now, before)).toBeCloseTo(0)
    }),
  )
})

it('calls chance a change about once in 100 times', () => {
  const random = seeded(7)
  const draw = (of: number, share: number): Sample => ({
    ...{ of, unit: 'installations' },
    n: Array.from({ length: of }, random).filter((drawn) => drawn < share).length,
  })
  const trials = 2000
  const found = Array.from({ length: trials }, () => isBeyondNoise(draw(300, 0.3), draw(300, 0.3)))
  const part = found.filter(Boolean).length / trials
  expect(part).toBeGreaterThan(0.003)
  expect(part).toBeLessThan(0.02)
})

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
