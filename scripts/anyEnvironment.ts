import fc from 'fast-check'
import type { Environment } from '../packages/protocol/src/index.ts'
import { ENVIRONMENT_WORDS } from './exampleEnvironment.ts'

/** Any environment, with every field that the contract declares. @param versions those that it may have. */
export function anyEnvironment(versions: readonly string[]): fc.Arbitrary<Environment> {
  const fields = ENVIRONMENT_WORDS.map(([field, words]) => [
    field,
    fc.constantFrom(...(words.length > 0 ? words : versions)),
  ])
  return fc.record(Object.fromEntries(fields)) as fc.Arbitrary<Environment>
}
