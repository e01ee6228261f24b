import { expect, test } from 'vitest'
import { parseJsonLine } from './jsonLine.ts'

test('bare NaN and Infinity, as Python writes them, are null; inside a text they stay', () => {
  expect(parseJsonLine('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\" Infinity", "d": 1}')).toEqual({
    a: null,
    b: [null, null],
    c: 'NaN " Infinity',
    d: 1,
  })
})

test.each(['[NaN]', 'NaN', '{"a": NaNa}', '{"a": "NaN', '"NaN"', ''])('%j is no object', (line) => {
  expect(parseJsonLine(line)).toBeUndefined()
})

test('a long damaged line costs no more than its length', () => {
  const steps = (length: number) => {
    const line = `{"text": "NaN ${'\\\\"'.repeat(length)}`
    const start = process.cpuUsage()
    parseJsonLine(line)
    const { user } = process.cpuUsage(start)
    return user
  }
  // Half a million quotes would take hours if the time grew with the square of the length.
  expect(steps(500_000)).toBeGreaterThan(0)
})
