/** The order of two texts by their code units, the same wherever it is asked. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
