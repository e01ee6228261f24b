/** What several runs of a row gave: the middle one, and the least and the greatest. */
export interface Spread {
  median: number
  least: number
  greatest: number
}

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  return { median: at(sorted, 0.5), least: at(sorted, 0), greatest: at(sorted, 1) }
}

/** The value below which that share of sorted numbers lies. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** A spread as `0.51 (0.48 to 0.55)`. */
export function sayRatio({ median, least, greatest }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${greatest.toFixed(2)})`
}
