import { meantWords } from './meantWords.ts'
import { linesOf, type Statement, statementsOf } from './settingsFile.ts'

interface Edit {
  start: number
  end: number
  text: string
}

/**
 * The file's text with a key set so that VoiceMode's loader sees exactly this value: in the line that sets it, else in the first
 * that shows it commented out, else in a line of its own. Every other byte stays, but for words that could be meant as
 * another answer; see {@link withoutWords}.
 *
 * @param others words that say otherwise, lower-cased.
 */
export function withSetting(text: string, key: string, value: string, others: readonly string[]): string {
  const setting = settingEdit(text, key, value)
  const rest = wordEdits(text, key, value, others).filter(
    ({ start, end }) => end <= setting.start || start >= setting.end,
  )
  return edited(text, [setting, ...rest])
}

/** The file's text with each word of a key that says otherwise replaced, wherever a person could mean it. */
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
  // Of two equal keys the first holds, so it may stand before a value that it must not land in.
  if (set) return { start: set.start, end: set.start, text: line + eol }
  const shown = statements.map((statement) => commentedOut(text, statement, key)).find((edit) => edit)
  if (shown) return { ...shown, text: line }
  const last = statements.at(-1)
  if (last?.form === 'open') return { start: last.start, end: last.start, text: line + eol }
  const isEnded = text === '' || /[\r\n]$/.test(text)
  return { start: text.length, end: text.length, text: `${isEnded ? '' : eol}${line}${eol}` }
}

/** Where a comment holds the setting and nothing else, behind the line's indentation. */
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
