import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MUTATIONS } from '../scripts/mutations/list.ts'

test('each rule that npm run mutations takes away is in the client once, as it is listed', () => {
  const missing = MUTATIONS.filter(({ file, from }) => {
    const source = readFileSync(new URL(`../packages/client/src/${file}`, import.meta.url), 'utf8')
    return source.split(from).length !== 2
  })
  expect(missing.map(({ rule }) => rule)).toEqual([])
})
