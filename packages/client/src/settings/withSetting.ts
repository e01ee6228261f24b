import { meantWords } from './meantWords.ts'
import { linesOf, type Statement, statementsOf } from './settingsFile.ts'

interface Edit {
  start: number
  end: number
  text: string
}

/**
 * The file's text with a key set so that VoiceMode's loader sees exactly this value. It changes the line that sets the key, or else
 * the first comment that shows it, or else it adds a line. Every other byte stays, except words that could be meant as another answer;
 * see {@link withoutWords}.
 *
 * @param others words that contradict the value, in lower case.
 */
export function withSetting(text: string, key: string, value: string, others: readonly string[]): string {
  const setting = settingEdit(text, key, value)
  const rest = wordEdits(text, key, value, others).filter(
    ({ start, end }) => end <= setting.start || start >= setting.end,
  )
  return edited(text, [setting, ...rest])
}

/** The file's text with every word that contradicts the value replaced, wherever a person could have meant it for the key. */
export function withoutWords(text: string, key: string, value: string, others: readonly string[]): string {
  return edited(text, wordEdits(text, key, value, others))
}

function wordEdits(text: string, key: string, value: string, others: readonly string[]): Edit[] {
  return meantWords(text, key)
    .filter(({ word }) => others.includes(word))
    .map(({ start, end }) => ({ start, end, text: value }))
}

function settingEdit(text: string, key: string, value: string): Edit {
  const statements = statementsOf(text)
  const set = statements.find((statement) => statement.key === key)
  if (set?.form === 'one line') return { start: set.valueStart, end: set.valueEnd, text: value }
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
  const line = `${key}=${value}`
  // The first of two equal keys counts, so the new line comes before a value of several lines.
  if (set) return { start: set.start, end: set.start, text: line + eol }
  const shown = statements.map((statement) => commentedOut(text, statement, key)).find((edit) => edit)
  if (shown) return { ...shown, text: line }
  const last = statements.at(-1)
  if (last?.form === 'open') return { start: last.start, end: last.start, text: line + eol }
  const isEnded = text === '' || /[\r\n]$/.test(text)
  return { start: text.length, end: text.length, text: `${isEnded ? '' : eol}${line}${eol}` }
}

/** The position of a comment that contains only the setting, after the line's indentation. */
function commentedOut(
  text: string,
  { start, next, form }: Statement,
  key: string,
): Omit<Edit, 'text'> | undefined {
  const [line] = linesOf(text, start, next)
  if (form !== 'no setting' || !line) return undefined
  const pattern = new RegExp(
    `^([ \\t]*)#[# \\t]*(?:export[ \\t]+)?${key}[ \\t]*=[ \\t]*["']?\\w*["']?[ \\t]*$`,
  )
  const match = pattern.exec(text.slice(line.start, line.end))
  return match ? { start: line.start + (match[1]?.length ?? 0), end: line.end } : undefined
}

function edited(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((rest, edit) => rest.slice(0, edit.start) + edit.text + rest.slice(edit.end), text)
}
