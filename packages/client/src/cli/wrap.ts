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
