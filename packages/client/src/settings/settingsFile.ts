/**
 * VoiceMode's settings files: `KEY=value` lines with `#` comments, values quoted or not, `export` allowed. They are read
 * and written as Latin-1, byte for byte, so that what we do not touch stays what it was, in whatever encoding.
 */

/** Every value a key has in the file, in order; a file may set a key more than once. */
export function settingValues(text: string, key: string): string[] {
  return linesOf(text).flatMap((line) => {
    const match = assignment(key).exec(line.text)
    return match ? [unquote(match[2] ?? '')] : []
  })
}

/** The value that holds, the last one; undefined where the key is not set. */
export function settingValue(text: string, key: string): string | undefined {
  return settingValues(text, key).at(-1)
}

/**
 * The file's text with a key set: in the last line that sets it, else in the first that shows it commented out, else in
 * a new last line. Every other byte stays.
 */
export function withSetting(text: string, key: string, value: string): string {
  const lines = linesOf(text)
  const set = lines.findLast((line) => assignment(key).test(line.text))
  const shown = lines.find((line) => commented(key).test(line.text))
  const eol = lines.find((line) => line.eol !== '')?.eol ?? '\n'
  if (set) {
    set.text = set.text.replace(
      assignment(key),
      (_, before: string, old: string, after: string) => before + requote(old, value) + after,
    )
  } else if (shown) {
    shown.text = `${/^[ \t]*/.exec(shown.text)?.[0] ?? ''}${key}=${value}`
  } else {
    const last = lines.at(-1)
    if (last && last.eol === '') last.eol = eol
    lines.push({ text: `${key}=${value}`, eol })
  }
  return lines.map((line) => line.text + line.eol).join('')
}

interface Line {
  text: string
  eol: string
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map(([, line = '', eol = '']) => ({ text: line, eol }))
    .filter((line) => line.text !== '' || line.eol !== '')
}

// The three bytes of a UTF-8 byte order mark, which an editor may have put before the first line.
const BOM = '(?:\u00ef\u00bb\u00bf)?'

function assignment(key: string): RegExp {
  return new RegExp(
    `^(${BOM}[ \\t]*(?:export[ \\t]+)?${key}[ \\t]*=[ \\t]*)("[^"]*"|'[^']*'|.*?)([ \\t]*(?:[ \\t]#.*)?)$`,
  )
}

function commented(key: string): RegExp {
  return new RegExp(`^[ \\t]*#[# \\t]*(?:export[ \\t]+)?${key}[ \\t]*=`)
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value
}

function requote(old: string, value: string): string {
  return unquote(old) === old ? value : `${old[0]}${value}${old[0]}`
}
