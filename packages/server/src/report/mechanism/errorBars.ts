import type { Ratio } from './discreteLaplace.ts'

/** How often the noise stays within the error bars at least. */
export const COVERAGE = 0.95

/**
 * The half width of the error bars of a sum of independent discrete Laplace noises: the smallest whole w for which the noise
 * stays from -w to w with at least {@link COVERAGE}. Taken from the distribution itself and not from a bell curve; for one
 * noise it is the smallest w with `2 * q^(w + 1) / (1 + q) <= 1 - COVERAGE`, `q = exp(-1 / scale)`.
 *
 * @param noises how many are added up; at least 1.
 */
export function halfWidth(scale: Ratio, noises: number): number {
  const masses = massesOfSum(scale.numerator / scale.denominator, noises)
  const middle = (masses.length - 1) / 2
  let within = masses[middle] ?? 0
  let w = 0
  while (within < COVERAGE) {
    w++
    within += 2 * (masses[middle + w] ?? 0)
  }
  return w
}

/**
 * The probabilities of a sum of noises, of -reach to reach. What lies beyond is under 1e-15 by Chernoff's bound at half the
 * rate of decay: `(4/3)^noises * exp(-reach / (2 * scale))`.
 */
function massesOfSum(scale: number, noises: number): Float64Array {
  const q = Math.exp(-1 / scale)
  const reach = Math.ceil((scale + 1) * (70 + noises))
  let masses = new Float64Array(2 * reach + 1)
  masses[reach] = 1
  for (let added = 0; added < noises; added++) masses = withOneMore(masses, q)
  return masses
}

/** Convolves with `(1 - q) / (1 + q) * q^|z|`, as what decays to the right and what decays to the left. */
function withOneMore(masses: Float64Array, q: number): Float64Array<ArrayBuffer> {
  const sum = new Float64Array(masses.length)
  let carried = 0
  for (let z = 0; z < masses.length; z++) {
    carried = carried * q + (masses[z] ?? 0)
    sum[z] = carried
  }
  carried = 0
  for (let z = masses.length - 1; z >= 0; z--) {
    sum[z] = (sum[z] ?? 0) + carried
    carried = (carried + (masses[z] ?? 0)) * q
  }
  return sum.map((mass) => (mass * (1 - q)) / (1 + q))
}

/** {@link halfWidth} of a scale, each worked out once. */
export function errorBarsOf(scale: Ratio): (noises: number) => number {
  const widths = new Map<number, number>()
  return (noises) => {
    const width = widths.get(noises) ?? halfWidth(scale, noises)
    widths.set(noises, width)
    return width
  }
}
