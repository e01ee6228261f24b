export type Json = Record<string, unknown>

/** Python writes these without quotes, and JSON has no words for them. */
const BARE_NUMBER = /-?\b(?:NaN|Infinity)\b/g

/** The object of a log line; undefined for anything else. A bare `NaN` or `Infinity` is read as null. */
export function parseJsonLine(line: string): Json | undefined {
  const value = parse(line) ?? (/NaN|Infinity/.test(line) ? parse(withoutBareNumbers(line)) : undefined)
  return isObject(value) ? value : undefined
}

/** The value as an object; an empty one for anything else. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** A text with something in it. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A longer id is damage: real ones have 30 characters, and each is kept while a day is counted. */
const MAX_ID_CHARACTERS = 1024

export function isId(value: unknown): value is string {
  return isText(value) && value.length <= MAX_ID_CHARACTERS
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The line with null for each bare number. Text inside quotes stays as it is. */
function withoutBareNumbers(line: string): string {
  const parts: string[] = []
  let start = 0
  for (let quote = line.indexOf('"'); quote !== -1; quote = line.indexOf('"', start)) {
    const end = endOfString(line, quote)
    parts.push(line.slice(start, quote).replace(BARE_NUMBER, 'null'), line.slice(quote, end))
    start = end
  }
  return parts.join('') + line.slice(start).replace(BARE_NUMBER, 'null')
}

/** The position after the quote that closes a string; the end of the line if none does. */
function endOfString(line: string, quote: number): number {
  for (let at = quote + 1; at < line.length; at++) {
    if (line[at] === '"') return at + 1
    if (line[at] === '\\') at++
  }
  return line.length
}
