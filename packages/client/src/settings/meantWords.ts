import { linesOf, statementsOf } from './settingsFile.ts'

/** The first word of a value that a person may have meant for a key. Offsets are positions in the text. */
export interface MeantWord {
  /** In lower case. */
  word: string
  start: number
  end: number
}

/**
 * The words that a file may give a key, in any spelling that a person could mean: with `export`, with quotes that don't match,
 * before a comment, more than once, in lower case, or after a quote that is never closed. VoiceMode's loader sees less; see
 * `settingValue`. Comments don't count, nor do lines inside the quotes of another value.
 */
export function meantWords(text: string, key: string): MeantWord[] {
  const assignment = assignmentOf(key)
  return statementsOf(text).flatMap((statement) => {
    const { start, next, form } = statement
    const isSetting = form !== 'no setting' && statement.key === key
    const lines = linesOf(text, start, next)
    const read = form === 'open' ? lines : lines.slice(0, 1)
    return [
      ...(isSetting ? [wordAt(FIRST_WORD, text, statement.valueStart, statement.valueEnd)] : []),
      ...read.slice(isSetting ? 1 : 0).map((line) => wordAt(assignment, text, line.start, line.end)),
    ].filter((word) => word !== undefined)
  })
}

/** The first word of a variable's value, in lower case and without quotes; undefined if there is none. */
export function firstWord(value: string): string | undefined {
  return FIRST_WORD.exec(value)?.[1]?.toLowerCase()
}

const TO_THE_WORD = '[^A-Za-z0-9#]*'
const FIRST_WORD = new RegExp(`^${TO_THE_WORD}([A-Za-z0-9]+)`)

function assignmentOf(key: string): RegExp {
  const before = '^[^A-Za-z0-9#_]*(?:(?:export|setenv|setx?|env)[^A-Za-z0-9#_]+)?'
  return new RegExp(`${before}${key}(?![A-Za-z0-9_])${TO_THE_WORD}([A-Za-z0-9]+)`, 'i')
}

function wordAt(pattern: RegExp, text: string, from: number, to: number): MeantWord | undefined {
  const match = pattern.exec(text.slice(from, to))
  const word = match?.[1]
  if (!match || word === undefined) return undefined
  const end = from + match[0].length
  return { word: word.toLowerCase(), start: end - word.length, end }
}
