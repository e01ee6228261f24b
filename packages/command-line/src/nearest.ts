/**
 * Says that there is no such command, option or shell, and which one was probably meant. What was typed is repeated only if it is
 * made of letters and hyphens: anything else may be a path or a secret.
 */
export function noSuch(
  what: 'command' | 'option' | 'shell',
  typed: string,
  known: readonly string[],
): string {
  const isPlain = /^[A-Za-z-]+$/.test(typed)
  const nearest = isPlain ? nearestTo(typed.toLowerCase(), known) : undefined
  return `no such ${what}${isPlain ? `: ${typed}` : ''}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`
}

/** The known word that takes the fewest typing mistakes to reach; undefined where all of them take too many. */
function nearestTo(typed: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((word) => ({ word, mistakes: mistakesBetween(typed, word) }))
    .filter(({ word, mistakes }) => mistakes <= Math.max(1, word.replace(/^--/, '').length / 3))
    .sort((a, b) => a.mistakes - b.mistakes)
  return nearest?.word
}

/** Letters that are wrong, missing, too many or swapped with the next one (optimal string alignment distance). */
function mistakesBetween(typed: string, word: string): number {
  const rows: number[][] = [Array.from({ length: word.length + 1 }, (_, n) => n)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= typed.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= word.length; j++) {
      const isSame = typed[i - 1] === word[j - 1]
      const isSwapped = typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(typed.length, word.length)
}
