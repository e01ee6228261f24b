import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { accessTests } from './accessTests.ts'
import { breakdownTests } from './breakdownTests.ts'
import { downloadTests } from './downloadTests.ts'
import { SEED, useDashboard } from './fixture.ts'
import { keyboardTests } from './keyboardTests.ts'
import { numbersTests } from './numbersTests.ts'
import { refreshTests } from './refreshTests.ts'
import { testArrivalTests } from './testArrivalTests.ts'
import { urlTests } from './urlTests.ts'

/** One server and one browser serve the tests of all topics. */
useDashboard()

describe(`the numbers on the page (seed ${SEED})`, numbersTests)
describe(`the downloads (seed ${SEED})`, downloadTests)
describe(`the breakdown of a value (seed ${SEED})`, breakdownTests)
describe('the page URL', urlTests)
describe('the keyboard', keyboardTests)
describe('a refresh', refreshTests)
describe('the page', accessTests)
describe('a test event', testArrivalTests)

test('the scripts of the page are under 150 KB, compressed', () => {
  const built = new URL('../dist/', import.meta.url)
  const page = readFileSync(new URL('index.html', built), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
  expect(scripts).not.toEqual([])
  const bytes = scripts.map((path) => gzipSync(readFileSync(new URL(path, built)), { level: 9 }).length)
  expect(bytes.reduce((sum, n) => sum + n, 0)).toBeLessThan(150_000)
})
