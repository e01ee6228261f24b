/**
 * VoiceMode's settings files, read as VoiceMode's own loader reads them. They contain `KEY=value` lines. A line that begins with
 * `#` is a comment. Blanks around key and value are dropped, and so is one pair of quotes around the whole value. A value that
 * opens a quote without closing it continues until a line ends with that quote. There is no `export`, and a `#` after a value is
 * part of the value.
 *
 * Texts are Latin-1, one character for each byte, so that a change keeps every other byte, whatever the encoding.
 */

/** A line of the file, or the lines of one value. Offsets are positions in the text. */
export interface Statement {
  start: number
  /** Where the next statement starts. */
  next: number
  /** `open`: the value's quote is never closed, so the rest of the file is part of the value. */
  form: 'no setting' | 'one line' | 'several lines' | 'open'
  key: string
  value: string
  /** Where the value begins in the text, without the quotes around it. */
  valueStart: number
  valueEnd: number
}

export function statementsOf(text: string): Statement[] {
  const lines = linesOf(text)
  const statements: Statement[] = []
  for (let n = 0; n < lines.length; n++) {
    const statement = statementIn(text, lines[n] as Line)
    if (statement.form === 'open') {
      const quote = text.charAt(statement.valueStart - 1)
      const parts = [statement.value]
      for (n += 1; n < lines.length && statement.form === 'open'; n++) {
        const { start, end, next } = lines[n] as Line
        const closes = end > start && text.charAt(end - 1) === quote
        statement.valueEnd = closes ? end - 1 : end
        statement.next = next
        if (closes) statement.form = 'several lines'
        parts.push(text.slice(start, statement.valueEnd))
      }
      n -= 1
      statement.value = parts.join('\n')
    }
    statements.push(statement)
  }
  return statements
}

/** What a file sets. If a key occurs twice, the first counts. */
export function settingsOf(text: string): Map<string, string> {
  const settings = new Map<string, string>()
  for (const { form, key, value } of statementsOf(text)) {
    const name = decode(key)
    if (form !== 'no setting' && name !== '' && !settings.has(name)) settings.set(name, decode(value))
  }
  return settings
}

/** The value that a file gives a key; undefined if it sets none. */
export function settingValue(text: string, key: string): string | undefined {
  return settingsOf(text).get(key)
}

export interface Line {
  start: number
  /** Without the line break. */
  end: number
  next: number
}

export function linesOf(text: string, from = 0, to = text.length): Line[] {
  const lines: Line[] = []
  const ending = /\r\n|\n|\r|$/g
  for (let start = from; start < to; start = ending.lastIndex) {
    ending.lastIndex = start
    const end = ending.exec(text)?.index ?? to
    lines.push({ start, end, next: ending.lastIndex })
    if (ending.lastIndex === end) break
  }
  return lines
}

function statementIn(text: string, { start: lineStart, end: lineEnd, next }: Line): Statement {
  const statement: Statement = {
    start: lineStart,
    next,
    form: 'no setting',
    key: '',
    value: '',
    valueStart: lineEnd,
    valueEnd: lineEnd,
  }
  const { start, end } = trimmed(text, lineStart, lineEnd)
  const equals = text.slice(start, end).indexOf('=')
  if (equals === -1 || text.charAt(start) === '#') return statement
  const key = trimmed(text, start, start + equals)
  const value = trimmed(text, start + equals + 1, end)
  const quote = text.charAt(value.start)
  const isQuoted = value.end > value.start && (quote === '"' || quote === "'")
  const isClosed = value.end > value.start + 1 && text.charAt(value.end - 1) === quote
  statement.form = isQuoted && !isClosed ? 'open' : 'one line'
  statement.key = text.slice(key.start, key.end)
  statement.valueStart = isQuoted ? value.start + 1 : value.start
  statement.valueEnd = isQuoted && isClosed ? value.end - 1 : value.end
  statement.value = text.slice(statement.valueStart, statement.valueEnd)
  return statement
}

/** The characters that Python's `strip` removes, as UTF-8 bytes. */
const BLANK =
  '(?:[\\t-\\r\\x1c-\\x20]|\\xc2[\\x85\\xa0]|\\xe1\\x9a\\x80|\\xe2\\x80[\\x80-\\x8a\\xa8\\xa9\\xaf]|\\xe2\\x81\\x9f|\\xe3\\x80\\x80)'
const LEADING_BLANKS = new RegExp(`${BLANK}*`, 'y')
const A_BLANK = new RegExp(`^${BLANK}$`)
const LONGEST_BLANK_BYTES = 3

function trimmed(text: string, from: number, to: number): { start: number; end: number } {
  LEADING_BLANKS.lastIndex = from
  LEADING_BLANKS.test(text)
  const start = Math.min(LEADING_BLANKS.lastIndex, to)
  let end = to
  for (let bytes = 1; bytes <= LONGEST_BLANK_BYTES && end - bytes >= start; ) {
    if (A_BLANK.test(text.slice(end - bytes, end))) {
      end -= bytes
      bytes = 1
    } else bytes += 1
  }
  return { start, end }
}

function decode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
