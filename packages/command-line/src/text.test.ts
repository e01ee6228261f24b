import fc from 'fast-check'
import { expect, test } from 'vitest'
import { table, wrap } from './text.ts'

const word = fc.stringMatching(/^[a-z]{1,12}$/)
const sentence = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '))
const columns = fc.integer({ min: 24, max: 120 })

test('wrapped text keeps every word in order, and no line is longer than the terminal', () => {
  fc.assert(
    fc.property(sentence, columns, (text, width) => {
      const lines = wrap(text, width).split('\n')
      expect(lines.join(' ')).toBe(text)
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
    }),
  )
})

test('a wrapped line keeps its indentation, and a list item that of its text', () => {
  expect(wrap('  one two three four five\n- one two three four five', 20)).toBe(
    '  one two three four\n  five\n- one two three four\n  five',
  )
})

test('a table fits the terminal, with each text beside its name or, in a narrow one, below it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, sentence), { minLength: 1 }), columns, (rows, width) => {
      const lines = table(rows, width, '  ').split('\n')
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
      expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(rows.join(' ').split(/[ ,]/))
    }),
  )
  expect(
    table(
      [
        ['a', 'b c'],
        ['long', 'd'],
      ],
      80,
    ),
  ).toBe('a     b c\nlong  d')
  expect(
    table(
      [
        ['a', 'b c'],
        ['long', 'd'],
      ],
      20,
    ),
  ).toBe('a\n  b c\nlong\n  d')
})
