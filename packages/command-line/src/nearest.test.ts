import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noSuch } from './nearest.ts'

const KNOWN = ['status', 'preview', 'disable', 'history', 'reset-id']

const typo = fc.tuple(fc.constantFrom(...KNOWN), fc.nat(), fc.constantFrom('swap', 'drop', 'add', 'replace'))

function misspell(word: string, at: number, how: string): string {
  const [before, [first = '', second = ''], after] = [
    word.slice(0, at),
    word.slice(at, at + 2),
    word.slice(at + 2),
  ]
  if (how === 'swap') return before + second + first + after
  if (how === 'drop') return before + second + after
  return `${before}q${how === 'add' ? first : ''}${second}${after}`
}

test('a word with one typing mistake is recognized', () => {
  fc.assert(
    fc.property(typo, ([word, n, how]) => {
      const typed = misspell(word, n % word.length, how)
      expect(noSuch('command', typed, KNOWN)).toBe(`no such command: ${typed}. Did you mean ${word}?`)
    }),
  )
})

test.each(['quit', 'sing', 'x'])('%s is like no command, so none is suggested', (typed) => {
  expect(noSuch('command', typed, KNOWN)).toBe(`no such command: ${typed}`)
})

test.each(['/home/ann/secret', 'sk-123', 'status\n', 'stätus', ''])(
  'what may be private is not repeated: %j',
  (typed) => {
    expect(noSuch('command', typed, KNOWN)).toBe('no such command')
  },
)
