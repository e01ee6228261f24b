import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attack } from '../scripts/fuzz/attack.ts'
import { fuzzLogs, fuzzSettings } from '../scripts/fuzz/readers.ts'

// `npm run fuzz` does the same at length. What it found is in the tests of the part that was at fault.
const SEED = 1

test.each([true, false])(
  'no request makes a server fail, stay silent or repeat a value; it has a token: %j',
  async (hasToken) => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
    const database = join(folder, 'fuzz.db')
    const { wrong, answers } = await attack({ database, seed: SEED, requests: 500, hasToken })
    rmSync(folder, { recursive: true })
    expect(wrong).toEqual([])
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['200', '400', '404', '405', '422']))
  },
)

test('no bytes in logs make their reader fail, or get into an event', async () => {
  expect(await fuzzLogs(SEED, 30)).toEqual([])
})

test('no bytes in settings make their readers fail, or are repeated', () => {
  expect(fuzzSettings(SEED, 100)).toEqual([])
})
