import { type Environment, FIELDS } from '../packages/protocol/src/index.ts'

/** The fields of the environment with their words; a version has none. */
export const ENVIRONMENT_WORDS = FIELDS.filter(({ path }) => path.startsWith('environment.')).map(
  ({ path, words }) => [path.slice('environment.'.length), words] as const,
)

/**
 * An environment for tests, benches and the demo, which has every field that the contract declares.
 *
 * @param chosen values that matter to whoever asks.
 * @param pick which word of a vocabulary the other fields have. Default: the first.
 */
export function exampleEnvironment(
  chosen: Partial<Environment> = {},
  pick = (words: readonly string[]) => words[0],
): Environment {
  const others = ENVIRONMENT_WORDS.map(([field, words]) => [field, words.length > 0 ? pick(words) : '8.12.0'])
  return { ...Object.fromEntries(others), ...chosen } as Environment
}
