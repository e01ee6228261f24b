import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { read, root } from './pages.ts'

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

test.each(globSync('.github/workflows/*.yml', { cwd: root }))(
  '%s runs only commands that there are',
  (path) => {
    const text = read(path)
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name)
    const listed = [...text.matchAll(/command: \[(.+)\]/g)].flatMap(([, list = '']) => list.split(/[,\s"']+/))
    const commands = [...named, ...listed].filter((name) => name !== '')
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.filter((name) => !(name in scripts))).toEqual([])
  },
)
