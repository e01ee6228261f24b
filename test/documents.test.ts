import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const SOURCES = globSync('{packages/*/{src,test},scripts,test,examples}/**/*.{ts,tsx,mjs}', { cwd: root })
  .map(read)
  .join('\n')

const PAGES = [
  'ARCHITECTURE.md',
  'README.md',
  'CONTRIBUTING.md',
  'PRIVACY.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: root }),
]

describe.each(PAGES)('%s', (page) => {
  const text = read(page).replace(/^( {4,}|```[\s\S]*?^```).*$/gm, '')

  test('links only to what exists', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, target = '']) => target)
    expect(links.filter((target) => !existsSync(join(root, page, '..', target)))).toEqual([])
  })

  test('names only symbols and files that exist', () => {
    const names = [...text.matchAll(/`([A-Za-z][\w./-]*)(?:\(\))?`/g)].map(([, name = '']) => name)
    const symbols = names.filter((name) =>
      /^[a-z]+[A-Z]\w*$|^[A-Z][a-z]+[A-Z]\w*$|^[A-Z]+(_[A-Z]+)+$/.test(name),
    )
    const files = names.filter((name) =>
      /^(packages|scripts|test|docs|examples)\/|\.(ts|tsx|mjs)$/.test(name),
    )
    expect(symbols.filter((name) => !new RegExp(`\\b${name}\\b`).test(SOURCES))).toEqual([])
    expect(
      files.filter((name) => globSync([name, `packages/*/src/**/${name}`], { cwd: root }).length === 0),
    ).toEqual([])
  })
})

test("the README's program runs", () => {
  const env = { ...process.env, VOICEMODE_BASE_DIR: join(root, 'test/no-such-folder') }
  const output = execFileSync(process.execPath, ['examples/preview.ts'], { cwd: root, env, encoding: 'utf8' })
  expect(output).toBe('no use on that day\n')
})
