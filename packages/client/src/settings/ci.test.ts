import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCI } from './ci.ts'

const require = createRequire(import.meta.url)
const list = JSON.stringify(require('ci-info/vendors.json'))
/** Every word in the list, among them all that it says of variables and their values, and the variables of several systems. */
const words = [...list.matchAll(/"([^"]+)"/g)].map(([, word]) => word as string)
const common = ['CI', 'BUILD_ID', 'BUILD_NUMBER', 'CI_APP_ID', 'CI_BUILD_ID', 'CI_BUILD_NUMBER', 'CI_NAME']
const names = [...new Set([...words, ...common, 'CONTINUOUS_INTEGRATION', 'RUN_ID'])]

/** What `ci-info` itself finds. */
function foundBy(env: Record<string, string>): boolean {
  const own = process.env
  process.env = env
  try {
    delete require.cache[require.resolve('ci-info')]
    return require('ci-info').isCI
  } finally {
    process.env = own
  }
}

test('a CI system is recognized by whatever ci-info recognizes it by', () => {
  for (const name of names) expect([name, isCI({ [name]: '1' })]).toEqual([name, foundBy({ [name]: '1' })])
  const value = fc.constantFrom('', 'false', '1', ...words)
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 }), (env) => {
      expect(isCI(env)).toBe(foundBy(env))
    }),
  )
  for (const pair of list.matchAll(/"([A-Z_]+)":"([^"]+)"/g)) {
    const env = { [pair[1] as string]: pair[2] as string }
    expect(isCI(env)).toBe(foundBy(env))
  }
  const included = { NODE: '/app/.heroku/node/bin/node' }
  expect([isCI(included), foundBy(included)]).toEqual([true, true])
})
