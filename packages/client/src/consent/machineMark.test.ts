import { expect, test } from 'vitest'
import { isMark, isSameFile } from './machineMark.ts'

/** A mark of letters, each of which stands for a hash: machine, host name, path, file. */
const mark = (letters: string) =>
  [...letters].map((letter) => (letter === '-' ? letter : letter.repeat(16))).join(' ')

test.each([
  ['abcd', 'abcd', true, 'nothing changed'],
  ['abcd', 'aecd', true, 'a renamed host'],
  ['abcd', 'abed', true, 'a renamed folder'],
  ['abcd', 'abce', true, 'a restored backup'],
  ['abcd', 'abef', false, 'a copy in another folder'],
  ['abcd', 'ebcd', false, 'another machine that is alike in all else'],
  ['-bcd', '-bce', true, 'a restored backup where no machine id is known'],
  ['-bcd', '-efd', true, 'a folder in a container of another name'],
  ['-bcd', '-ece', false, 'a copy at the same path of another host'],
  ['-bcd', '-bee', false, 'a copy in another folder of the host'],
  ['abcd', '-bce', true, 'a machine id that is gone'],
  ['abc-', 'abe-', false, 'a file that cannot be looked at, in another folder'],
])('%s and %s: %s for %s', (before, now, isSame) => {
  expect([isMark(mark(before)), isMark(mark(now))]).toEqual([true, true])
  expect(isSameFile(mark(before), mark(now))).toBe(isSame)
})
