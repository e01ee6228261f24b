/** A package whose code goes into what is published, as Vite lists it. */
export interface BuiltIn {
  name: string
  version: string
  /** Of the SPDX list; null if the package names none. */
  identifier: string | null
  /** The text of its license; null if it has none. */
  text: string | null
}

/** Licenses that ask for nothing but to be shipped with the code. */
export const ALLOWED = ['0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

/**
 * The licenses of packages as one page. Those that are the same to the letter stand there once.
 *
 * @throws if one may not be shipped, or has no text that could be; it names the package.
 */
export function composeLicenses(packages: readonly BuiltIn[]): string {
  for (const { name, identifier, text } of packages) {
    if (!ALLOWED.includes(identifier ?? ''))
      throw new Error(`${name} may not be built in: its license is ${identifier}`)
    if (!text) throw new Error(`${name} may not be built in: it has no text of its license`)
  }
  const byText = Map.groupBy(packages, ({ text }) => text)
  const titleOf = (group: readonly BuiltIn[]) => [...new Set(group.map(({ name }) => name))].sort().join(', ')
  return [...byText]
    .map(([text, group]) => `# ${titleOf(group)}\n\n${text?.trim()}\n`)
    .sort()
    .join('\n')
}
