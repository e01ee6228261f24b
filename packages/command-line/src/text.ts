/**
 * Breaks text into lines of at most so many columns, at spaces. A line's indentation goes on in the lines it is broken
 * into; a word longer than a line stays whole.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, Math.max(20, columns)))
    .join('\n')
}

function wrapLine(line: string, columns: number): string[] {
  const indent = /^ *(?:- )?/.exec(line)?.[0] ?? ''
  const lines = [indent]
  for (const word of line.slice(indent.length).split(' ')) {
    const last = lines.at(-1) ?? ''
    const isFresh = last.trim() === '' || last === indent
    if (!isFresh && last.length + 1 + word.length > columns) lines.push(' '.repeat(indent.length) + word)
    else lines[lines.length - 1] = isFresh ? last + word : `${last} ${word}`
  }
  return lines
}

/** A name that stands beside its text needs so many columns more for it to be readable. */
const LEAST_TEXT_COLUMNS = 24

/** Rows of a name and a text. Texts stand below each other, and below their names where the lines are too short for both. */
export function table(rows: readonly (readonly [string, string])[], columns: number, indent = ''): string {
  const nameColumns = Math.max(...rows.map(([name]) => name.length)) + 2
  const isNarrow = columns - indent.length - nameColumns < LEAST_TEXT_COLUMNS
  const textIndent = indent + ' '.repeat(isNarrow ? 2 : nameColumns)
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, columns - textIndent.length).split('\n')
      const wrapped = lines.map((line) => textIndent + line).join('\n')
      return isNarrow
        ? `${indent}${name}\n${wrapped}`
        : indent + name + wrapped.slice(indent.length + name.length)
    })
    .join('\n')
}
