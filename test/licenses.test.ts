import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALLOWED, composeLicenses } from '../scripts/licenses.ts'

interface Locked {
  dependencies?: Record<string, string>
  license?: string
  link?: true
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const locked: Record<string, Locked> = lock.packages

/** What npm installs with a package, by the way of its dependencies. */
function installedWith(path: string, found = new Map<string, Locked>()): Map<string, Locked> {
  for (const name of Object.keys(locked[path]?.dependencies ?? {})) {
    const inner = `${path}/node_modules/${name}`
    const place = locked[inner] ? inner : `node_modules/${name}`
    const about = locked[place]
    if (!about || about.link || found.has(place)) continue
    found.set(place, about)
    installedWith(place, found)
  }
  return found
}

test('what is installed with the published packages may be shipped', () => {
  const shipped = ['client', 'mcp', 'server'].flatMap((name) => [...installedWith(`packages/${name}`)])
  expect(shipped.map(([path]) => path)).toContain('node_modules/pg-protocol')
  const mayBe = [...ALLOWED, 'Apache-2.0']
  expect(shipped.filter(([, { license = 'none' }]) => !mayBe.includes(license))).toEqual([])
})

const one = { name: 'one', version: '1.0.0', identifier: 'MIT', text: 'Copyright A' }

test('licenses that are the same to the letter stand on the page once, and others by themselves', () => {
  const page = composeLicenses([one, { ...one, name: 'two', text: 'Copyright B' }, { ...one, name: 'three' }])
  expect(page).toBe('# one, three\n\nCopyright A\n\n# two\n\nCopyright B\n')
})

test.each([
  [
    'that asks for more',
    { identifier: 'GPL-3.0-only' },
    'one may not be built in: its license is GPL-3.0-only',
  ],
  ['that is not named', { identifier: null }, 'one may not be built in: its license is null'],
  ['without a text', { text: null }, 'one may not be built in: it has no text of its license'],
])('a license %s is not shipped', (_, about, why) => {
  expect(() => composeLicenses([{ ...one, ...about }])).toThrow(why)
})
