import type { Terminal } from './terminal.ts'

/**
 * Wraps text at spaces to lines of at most `columns` columns, or 20 if that is more. A broken line keeps its indentation. A word that is
 * longer than a line stays whole.
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

/** Writes a message for a person, wrapped to the width of their terminal. Where nobody is, its lines stay as they are. */
export function printText(terminal: Terminal, text: string, to: 'out' | 'err' = 'out'): void {
  const columns = terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY
  terminal[to](`${wrap(text, columns)}\n`)
}

/** A text beside its name needs at least this many columns to be readable. */
const LEAST_TEXT_COLUMNS = 24

/** A table of names and texts. In a narrow terminal each text is below its name instead of beside it. */
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
