import type { RandomBytes, Ratio } from '../src/report/mechanism/discreteLaplace.ts'

/**
 * Random bytes that are the same at every run, so that a statistical test passes always or never: xoshiro128** of Blackman
 * and Vigna (2018), seeded by splitmix32. Good for tests and nothing else.
 */
export function seededBytes(seed: number): RandomBytes {
  let state = seed >>> 0
  const splitmix = () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()]
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by))
  return (length) => {
    const words = new Uint32Array(Math.ceil(length / 4))
    for (let at = 0; at < words.length; at++) {
      words[at] = Math.imul(rotate(Math.imul(b, 5), 7), 9)
      const t = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= t
      d = rotate(d, 11)
    }
    return new Uint8Array(words.buffer, 0, length)
  }
}

/** The probability of a value of the discrete Laplace distribution. */
export function laplaceMass({ numerator, denominator }: Ratio, z: number): number {
  const q = Math.exp(-denominator / numerator)
  return ((1 - q) / (1 + q)) * q ** Math.abs(z)
}

/**
 * Pearson's chi-squared statistic of samples against the discrete Laplace distribution, in one bin for each value of -reach
 * to reach and one for each tail: `2 * reach + 2` degrees of freedom.
 */
export function chiSquared(samples: readonly number[], scale: Ratio, reach: number): number {
  const observed = new Array<number>(2 * reach + 3).fill(0)
  for (const z of samples) {
    const bin = Math.min(Math.max(z, -reach - 1), reach + 1) + reach + 1
    observed[bin] = (observed[bin] ?? 0) + 1
  }
  const q = Math.exp(-scale.denominator / scale.numerator)
  return observed.reduce((sum, n, bin) => {
    const z = bin - reach - 1
    const mass = Math.abs(z) > reach ? q ** (reach + 1) / (1 + q) : laplaceMass(scale, z)
    const expected = mass * samples.length
    return sum + (n - expected) ** 2 / expected
  }, 0)
}

/**
 * Clopper and Pearson's exact lower bound (1934) of a probability of which k of n trials came true: the p at which k or more
 * would come true with the probability alpha only, found by bisection on the binomial tail.
 */
export function lowerBound(k: number, n: number, alpha: number): number {
  if (k === 0) return 0
  let [low, high] = [0, k / n]
  for (let step = 0; step < 60; step++) {
    const p = (low + high) / 2
    if (binomialTail(k, n, p) < alpha) low = p
    else high = p
  }
  return low
}

/** The upper bound that belongs to {@link lowerBound}, from the trials that did not come true. */
export function upperBound(k: number, n: number, alpha: number): number {
  return 1 - lowerBound(n - k, n, alpha)
}

/** The probability that k or more of n trials of probability p come true, for k at or above n * p. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k === 0) return 1
  if (p <= 0) return 0
  const logOdds = Math.log(p) - Math.log1p(-p)
  let logMass = logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p)
  let sum = 0
  for (let at = k; at <= n; at++) {
    const mass = Math.exp(logMass)
    sum += mass
    if (mass < sum * 1e-17) break
    logMass += logOdds + Math.log(n - at) - Math.log(at + 1)
  }
  return sum
}

/** The logarithms of 0!, 1!, 2! and so on, as far as they were asked for. */
const LOG_FACTORIALS = [0]

function logChoose(n: number, k: number): number {
  for (let i = LOG_FACTORIALS.length; i <= n; i++) {
    LOG_FACTORIALS.push((LOG_FACTORIALS[i - 1] ?? 0) + Math.log(i))
  }
  const [ofN = 0, ofK = 0, ofRest = 0] = [n, k, n - k].map((i) => LOG_FACTORIALS[i])
  return ofN - ofK - ofRest
}

/**
 * A lower bound of the epsilon of a mechanism, from what it gave on two neighbouring data sets: differential privacy demands
 * `P(S | one) <= exp(epsilon) * P(S | other)` of every event S. The events asked here are "the statistic is at least l" and
 * "under l" for each level, both data sets in both roles. Each probability gets a Clopper-Pearson bound, and the error is
 * shared out among all of them (Bonferroni), so that the bound exceeds the true epsilon with a probability of at most alpha.
 *
 * @param one statistics of runs on one data set, `other` of as many on its neighbour.
 */
export function auditedEpsilon(
  one: readonly number[],
  other: readonly number[],
  levels: readonly number[],
  alpha: number,
): number {
  const n = one.length
  const each = alpha / (8 * levels.length)
  const ratio = (k: number, ofOther: number) =>
    Math.log(lowerBound(k, n, each) / upperBound(ofOther, n, each))
  return Math.max(
    0,
    ...levels.flatMap((level) => {
      const a = one.filter((statistic) => statistic >= level).length
      const b = other.filter((statistic) => statistic >= level).length
      return [ratio(a, b), ratio(b, a), ratio(n - a, n - b), ratio(n - b, n - a)]
    }),
  )
}
