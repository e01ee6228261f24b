import { describe, expect, test } from 'vitest'
import { createHost } from '../src/createHost.ts'
import { type Ratio, sampleDiscreteLaplace, uniformFrom } from '../src/report/mechanism/discreteLaplace.ts'
import { halfWidth } from '../src/report/mechanism/errorBars.ts'
import { chiSquared, laplaceMass, seededBytes } from './reportStatistics.ts'

const SAMPLES = 200_000

/**
 * Scales with the largest value that has a bin of its own, and the critical values of the chi-squared distribution with
 * `2 * reach + 2` degrees of freedom: an exact sampler exceeds the first once in a million runs, the second once in 10^12.
 * Every bin expects at least 15 samples.
 */
const CASES: { scale: Ratio; reach: number; onceInAMillion: number; onceIn10To12: number }[] = [
  { scale: { numerator: 1, denominator: 1 }, reach: 8, onceInAMillion: 61.914, onceIn10To12: 96.414 },
  { scale: { numerator: 7, denominator: 3 }, reach: 16, onceInAMillion: 88.383, onceIn10To12: 127.423 },
  { scale: { numerator: 12, denominator: 1 }, reach: 40, onceInAMillion: 157.821, onceIn10To12: 206.587 },
]

function samplesOf(sample: () => number): number[] {
  return Array.from({ length: SAMPLES }, sample)
}

describe.each(CASES)('the scale $scale.numerator/$scale.denominator', (of) => {
  const { scale, reach } = of

  test('has samples that follow their distribution, out of a seeded source', () => {
    const uniformBelow = uniformFrom(seededBytes(1))
    const samples = samplesOf(() => sampleDiscreteLaplace(scale, uniformBelow))
    expect(chiSquared(samples, scale, reach)).toBeLessThan(of.onceInAMillion)
  })

  test('has samples that follow their distribution, out of the cryptographic source', () => {
    const uniformBelow = uniformFrom(createHost().randomBytes)
    const samples = samplesOf(() => sampleDiscreteLaplace(scale, uniformBelow))
    expect(chiSquared(samples, scale, reach)).toBeLessThan(of.onceIn10To12)
  })

  test('refuses a sampler whose scale is 5 % too small', () => {
    const smaller = { numerator: scale.numerator * 19, denominator: scale.denominator * 20 }
    const uniformBelow = uniformFrom(seededBytes(2))
    const samples = samplesOf(() => sampleDiscreteLaplace(smaller, uniformBelow))
    expect(chiSquared(samples, scale, reach)).toBeGreaterThan(of.onceIn10To12)
  })

  test('refuses a sampler that lets zero come with both signs', () => {
    const uniformBelow = uniformFrom(seededBytes(3))
    const zeroAgain = laplaceMass(scale, 0) / (1 + laplaceMass(scale, 0))
    const samples = samplesOf(() =>
      uniformBelow(1e9) < zeroAgain * 1e9 ? 0 : sampleDiscreteLaplace(scale, uniformBelow),
    )
    expect(chiSquared(samples, scale, reach)).toBeGreaterThan(of.onceIn10To12)
  })
})

test('a rounded continuous Laplace sample is refused at the scale 1', () => {
  const { scale, reach, onceIn10To12 } = CASES[0] as (typeof CASES)[0]
  const uniformBelow = uniformFrom(seededBytes(4))
  const samples = samplesOf(() => {
    const u = (uniformBelow(2 ** 31) + 0.5) / 2 ** 31 - 0.5
    return Math.round(-Math.sign(u) * Math.log(1 - 2 * Math.abs(u)))
  })
  expect(chiSquared(samples, scale, reach)).toBeGreaterThan(onceIn10To12)
})

test('samples that follow one another are independent', () => {
  const uniformBelow = uniformFrom(seededBytes(5))
  const scale = { numerator: 12, denominator: 1 }
  const signs = samplesOf(() => Math.sign(sampleDiscreteLaplace(scale, uniformBelow)))
  const together = signs.reduce((sum, sign, at) => sum + sign * (signs[at - 1] ?? 0), 0)
  // 5 standard deviations of a sum of that many independent signs.
  expect(Math.abs(together)).toBeLessThan(5 * Math.sqrt(SAMPLES))
})

test('bits that are no number below the bound are thrown away, so that none is favoured', () => {
  const words = new Uint32Array(1024).fill(0)
  // Two bits for a number below 3: 3 is thrown away, then come 2 and 1.
  words.set([0xffff_ffff, 0xbfff_ffff, 0x4000_0000])
  const uniformBelow = uniformFrom(() => new Uint8Array(words.buffer))
  expect([uniformBelow(3), uniformBelow(3)]).toEqual([2, 1])
})

test('uniform numbers stay below their bound, up to a whole word', () => {
  const uniformBelow = uniformFrom(seededBytes(6))
  for (const n of [1, 2, 3, 255, 65_537, 2 ** 31 + 1, 2 ** 32]) {
    for (let i = 0; i < 1000; i++) {
      const value = uniformBelow(n)
      expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true)
    }
  }
})

test.each([0, -1, 1.5, Number.NaN, 2 ** 32 + 1])('a parameter of %s is a broken promise', (n) => {
  const uniformBelow = uniformFrom(seededBytes(7))
  expect(() => uniformBelow(n)).toThrow(RangeError)
  expect(() => sampleDiscreteLaplace({ numerator: n, denominator: 1 }, uniformBelow)).toThrow(RangeError)
  expect(() => sampleDiscreteLaplace({ numerator: 1, denominator: n }, uniformBelow)).toThrow(RangeError)
})

test('a source that gives fewer bytes than asked for is a broken promise', () => {
  expect(() => uniformFrom(() => new Uint8Array(8))(6)).toThrow(RangeError)
})

test.each([1, 3, 12, 40])('error bars of one noise of scale %i are the closed formula', (numerator) => {
  const q = Math.exp(-1 / numerator)
  const beyond = (w: number) => (2 * q ** (w + 1)) / (1 + q)
  const w = halfWidth({ numerator, denominator: 1 }, 1)
  expect(beyond(w)).toBeLessThanOrEqual(0.05)
  expect(beyond(w - 1)).toBeGreaterThan(0.05)
})

test.each([1, 2, 5, 30])('error bars of a sum of %i noises hold 95 of 100 sums', (noises) => {
  const scale = { numerator: 12, denominator: 1 }
  const uniformBelow = uniformFrom(seededBytes(8))
  const w = halfWidth(scale, noises)
  const sums = Array.from({ length: 20_000 }, () =>
    Array.from({ length: noises }, () => sampleDiscreteLaplace(scale, uniformBelow)).reduce((a, b) => a + b),
  )
  const share = (width: number) => sums.filter((sum) => Math.abs(sum) <= width).length / sums.length
  // 5 standard deviations of a share of 95 % in 20,000 runs are 0.0077.
  expect(share(w)).toBeGreaterThan(0.95 - 0.0077)
  expect(share(w - 1)).toBeLessThan(0.95 + 0.0077)
})
