/**
 * The text of a package's executable: it checks the version of Node, then loads `main.js` beside it. It is written so that an old Node can
 * read it, for in `main.js` itself an import that an old Node doesn't know would fail before any check.
 *
 * @param main the text of `main.js`, whose first line says how Node is started.
 * @param oldestNode as `22.16`.
 */
export function composeStart(name: string, main: string, oldestNode: string): string {
  const [major, minor] = oldestNode.split('.')
  return `${/^#!.*/.exec(main)?.[0] ?? '#!/usr/bin/env node'}
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > ${major} || (major === ${major} && minor >= ${minor})) import('./main.js')
else {
  process.stderr.write(${JSON.stringify(`${name}: this needs Node ${oldestNode} or later; this is Node `)} + process.versions.node + '.\\n')
  process.exitCode = 1
}
`
}
