import { expect, test } from 'vitest'
import { readOptions } from '../scripts/options.ts'

const DEFAULTS = { runs: 10_000, by: 'all', quick: false }
const read = (...args: string[]) => readOptions('', DEFAULTS, args)

test('an option has the type of its default', () => {
  expect(read()).toEqual(DEFAULTS)
  expect(read('--runs', '7', '--by', 'scenes', '--quick')).toEqual({ runs: 7, by: 'scenes', quick: true })
})

test.each(['ten', '1e3', '0.5', '', 'NaN'])('a script does not run %j times and then succeed', (runs) => {
  expect(() => read(`--runs=${runs}`)).toThrow('--runs takes a whole number.')
})
