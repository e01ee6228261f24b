import { ratio } from './sums.ts'

/** A number with what tells a change of it from chance. */
export interface Sample {
  n: number
  /** Of how many, if the number is the share `n / of`; absent for a plain count. */
  of?: number
  /** What is counted. Uses of a provider are sessions; of a share, sessions and calls tell as much. */
  unit: 'installations' | 'sessions' | 'calls'
}

/** The share, or the count; undefined if there is nothing to divide by. */
export function amountOf({ n, of }: Sample): number | undefined {
  return of === undefined ? n : ratio(n, of)
}

/** Beyond so many standard errors, chance alone gives a difference less than once in 100 times. */
const CLEAR_STANDARD_ERRORS = 2.576

/** In fewer, the normal distribution is no guide. */
const MIN_EXPECTED = 5

/**
 * The design effect (Kish, Survey Sampling, 1965): the calls of one person resemble each other and tell less than as many calls of
 * different people. 2 is the usual guess where it is not known (Henderson and Sundaresan, Bulletin of the WHO 60, 1982).
 */
const DESIGN_EFFECT = { installations: 1, sessions: 2, calls: 2 }

/** Calls come in sessions of about so many, and their plain count varies as the sessions do. */
const CALLS_PER_SESSION = 4

/** What a change must exceed, for the reader. */
export const NOISE_RULE =
  'An arrow stands only where chance alone would give such a change less than once in 100 times. Shares are compared by the two-proportion z-test, counts as Poisson counts. Installations count once, by the average day. Sessions, and calls in a share, count half, because those of one person resemble each other; a plain count of calls counts an eighth, because they come in sessions of about four.'

/**
 * By how many standard errors a number differs from that of an earlier period of the same length, below 0 if it is lower. Shares: the
 * z-test of two proportions with pooled variance (NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3). Counts: two Poisson
 * counts, `(a - b) / sqrt(a + b)` (Przyborowski and Wilenski, Biometrika 31, 1940, for large counts). 0 where fewer than 5 are expected
 * in one of the cells (Cochran, Biometrics 10, 1954), or there is nothing to divide by.
 */
export function standardErrors(now: Sample, before: Sample): number {
  const effect = DESIGN_EFFECT[now.unit]
  const [a, b] = [now.n / effect, before.n / effect]
  if (now.of === undefined || before.of === undefined) {
    const sum = (a + b) / (now.unit === 'calls' ? CALLS_PER_SESSION : 1)
    return sum / 2 < MIN_EXPECTED ? 0 : ((a - b) / (a + b)) * Math.sqrt(sum)
  }
  const [ofA, ofB] = [now.of / effect, before.of / effect]
  const pooled = ratio(a + b, ofA + ofB) ?? 0
  if (Math.min(ofA, ofB) * Math.min(pooled, 1 - pooled) < MIN_EXPECTED) return 0
  return (a / ofA - b / ofB) / Math.sqrt(pooled * (1 - pooled) * (1 / ofA + 1 / ofB))
}

/** Whether a number differs from an earlier one by more than chance explains. */
export function isBeyondNoise(now: Sample, before: Sample): boolean {
  return Math.abs(standardErrors(now, before)) > CLEAR_STANDARD_ERRORS
}
