import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

test.each(globSync('.github/workflows/*.yml', { cwd: root }))(
  '%s runs only commands that there are',
  (path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name)
    const listed = [...text.matchAll(/command: \[(.+)\]/g)].flatMap(([, list = '']) => list.split(/[,\s"']+/))
    const commands = [...named, ...listed].filter((name) => name !== '')
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.filter((name) => !(name in scripts))).toEqual([])
  },
)
