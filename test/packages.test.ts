import { expect, test } from 'vitest'
import { findWrongContents } from '../scripts/packages/contents.ts'

test('a tarball with a file too many, too few or without its source map is wrong', () => {
  const paths = ['package.json', 'README.md', 'LICENSE', 'PRIVACY.md', 'start.js', 'main.js', 'main.js.map']
  const filesOf = (...more: string[]) => [...paths, ...more].map((path) => ({ path, size: 200 }))
  expect(findWrongContents('mcp', filesOf('assets/a.js', 'assets/a.js.map'))).toEqual([])
  expect(findWrongContents('mcp', filesOf('src/a.test.ts', 'assets/b.js').slice(1))).toEqual([
    'package.json is missing.',
    'src/a.test.ts does not belong there.',
    'assets/b.js has no source map.',
  ])
})
