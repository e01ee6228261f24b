/** What several runs of a row gave: the middle one, and the least and the greatest. */
interface Spread {
  median: number
  least: number
  greatest: number
}

/** A row of the table that a bench prints. */
export interface Row {
  what: string
  /** What it is compared with, whose share or multiple the numbers are; a unit where it is held to a limit. */
  against: string
  numbers: readonly number[]
  /** As `≤ 1.4`; nothing where there is none. */
  target?: string
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  return { median: at(sorted, 0.5), least: at(sorted, 0), greatest: at(sorted, 1) }
}

/** The value below which that share of sorted numbers lies. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Runs both sides by turns, so often, after each ran once for nothing. */
export async function pairsOf<Own, Other>(
  runs: number,
  own: () => Promise<Own> | Own,
  other: () => Promise<Other> | Other,
): Promise<[Own, Other][]> {
  const pairs: [Own, Other][] = []
  for (let n = 0; n <= runs; n++) pairs.push([await own(), await other()])
  return pairs.slice(1)
}

export async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now()
  await run()
  return (performance.now() - begunAt) / 1000
}

/** Rows as a table, with the median and the spread of each. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [
    ['what', 'median', 'least to greatest', 'runs', 'of or in', 'target'],
    ...rows.map(({ what, against, numbers, target = '' }) => {
      const { median, least, greatest } = spreadOf(numbers)
      return [
        what,
        write(median),
        `${write(least)} to ${write(greatest)}`,
        `${numbers.length}`,
        against,
        target,
      ]
    }),
  ]
  const widths = lines[0]?.map((_, n) => Math.max(...lines.map((cells) => cells[n]?.length ?? 0))) ?? []
  return lines
    .map((cells) =>
      cells
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function write(number: number): string {
  return number < 100 ? number.toFixed(2) : number.toFixed(0)
}

/** Says on stderr what a bench is at. */
export function tellProgress(what: string): void {
  console.error(`… ${what}`)
}
