/**
 * The discrete Laplace distribution, sampled exactly: Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential
 * Privacy" (2020, arXiv:2004.00010), section 5, Algorithms 1 and 2. Whole numbers only: a sampler in floating point gives
 * each value a slightly wrong probability, some of them zero, and what looks like noise then tells of the data (Mironov,
 * "On Significance of the Least Significant Bits for Differential Privacy", 2012).
 */

/** That many fresh random bytes. What is published needs a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array

/** A whole number from 0 to n - 1, each as likely as the others. n is from 1 to {@link MAX_UNIFORM}. */
export type UniformBelow = (n: number) => number

/** A positive rational number; both parts are whole numbers from 1 to {@link MAX_UNIFORM}. */
export interface Ratio {
  numerator: number
  denominator: number
}

const MAX_UNIFORM = 2 ** 32

const BYTES_PER_WORD = 4
/** Bytes asked for at once. Under the 65,536 that `crypto.getRandomValues` gives. */
const BLOCK_BYTES = 4096

/**
 * Uniform whole numbers out of random bytes: as many bits as n - 1 has, thrown away until they are below n, so that no value
 * is favoured as by a remainder.
 */
export function uniformFrom(randomBytes: RandomBytes): UniformBelow {
  let block: DataView | undefined
  let at = 0
  const nextWord = () => {
    if (!block || at >= BLOCK_BYTES) {
      const bytes = randomBytes(BLOCK_BYTES)
      if (bytes.byteLength !== BLOCK_BYTES) throw new RangeError(`expected ${BLOCK_BYTES} random bytes`)
      block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      at = 0
    }
    const word = block.getUint32(at, true)
    at += BYTES_PER_WORD
    return word
  }
  return (n) => {
    mustBeWhole(n)
    if (n === 1) return 0
    const spareBits = Math.clz32(n - 1)
    let value = nextWord() >>> spareBits
    while (value >= n) value = nextWord() >>> spareBits
    return value
  }
}

/**
 * One sample of the discrete Laplace distribution of a scale: the whole number z has the probability
 * `(1 - q) / (1 + q) * q^|z|` with `q = exp(-1 / scale)`. Added to a count that one person changes by at most 1, it gives
 * differential privacy with epsilon `1 / scale`.
 *
 * @param scale t/s in the paper's Algorithm 2.
 */
export function sampleDiscreteLaplace(scale: Ratio, uniformBelow: UniformBelow): number {
  const { numerator: t, denominator: s } = scale
  mustBeWhole(t)
  mustBeWhole(s)
  for (;;) {
    const u = uniformBelow(t)
    if (!bernoulliExpMinus(u, t, uniformBelow)) continue
    let v = 0
    while (bernoulliExpMinus(1, 1, uniformBelow)) v++
    // Safe while v is under 2^21, and it is larger once in e^2,000,000.
    const magnitude = Math.floor((u + t * v) / s)
    const negative = uniformBelow(2) === 1
    // Zero would otherwise come up twice, once with each sign.
    if (negative && magnitude === 0) continue
    return negative ? -magnitude : magnitude
  }
}

/**
 * True with the probability `exp(-u / t)`, for u from 0 to t: Algorithm 1. Its coin of probability `u / (t * k)` is thrown
 * as two that must both fall, `u / t` and `1 / k`, so that no product can outgrow what a word holds.
 */
function bernoulliExpMinus(u: number, t: number, uniformBelow: UniformBelow): boolean {
  let k = 1
  while (uniformBelow(t) < u && uniformBelow(k) === 0) k++
  return k % 2 === 1
}

function mustBeWhole(n: number) {
  if (!Number.isInteger(n) || n < 1 || n > MAX_UNIFORM) {
    throw new RangeError(`expected a whole number from 1 to ${MAX_UNIFORM}`)
  }
}
