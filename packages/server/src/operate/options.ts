import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

export interface ParsedOptions {
  values: Record<string, string | boolean | undefined>
  /** What stands on the line beside options. */
  words: string[]
  /** What is wrong with it, one sentence each; names options and never what they were given. */
  problems: string[]
}

/** Reads a command line without its command. */
export function parseOptions(args: readonly string[], options: ParseArgsOptionsConfig): ParsedOptions {
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const problems = parsed.tokens.flatMap((token) => {
    if (token.kind !== 'option') return []
    const { name, rawName, value, inlineValue } = token
    const type = Object.hasOwn(options, name) ? options[name]?.type : undefined
    if (type === undefined) return [`${rawName} is unknown${suggest(name, Object.keys(options), '--')}`]
    if (type === 'boolean') return value === undefined ? [] : [`${rawName} takes no value`]
    const isMissing = value === undefined || (!inlineValue && value.startsWith('--'))
    return isMissing ? [`${rawName} needs a value`] : []
  })
  return { values: parsed.values as ParsedOptions['values'], words: parsed.positionals, problems }
}

/** How many letters may differ for a word to be taken for another one. */
const MAX_DISTANCE = 2

/** `: did you mean …?` where a known word is near; empty where none is. */
export function suggest(word: string, known: readonly string[], prefix = ''): string {
  const near = known.map((name) => ({ name, distance: distanceOf(word, name) }))
  const [nearest] = near.sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= MAX_DISTANCE ? `: did you mean ${prefix}${nearest.name}?` : ''
}

/** How many letters must be added, taken away or changed to make one word of the other (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (const [n, letter] of [...a].entries()) {
    const next = [n + 1]
    for (const [m, other] of [...b].entries()) {
      const changed = (row[m] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[m + 1] ?? 0) + 1, (next[m] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
