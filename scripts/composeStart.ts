/**
 * The text of a package's executable: it checks the version of Node, then loads `main.js` beside it. It is written so that an old Node can
 * read it, for in `main.js` itself an import that an old Node doesn't know would fail before any check.
 *
 * @param main the text of `main.js`, whose first line says how Node is started.
 * @param oldestNode as `22.16`: of a major version whose next one (23) did not get what this one got late, and the one after it (24) has.
 */
export function composeStart(name: string, main: string, oldestNode: string): string {
  const [major = 0, minor] = oldestNode.split('.').map(Number)
  const needed = `${name}: this needs Node ${oldestNode}, or ${major + 2} or later; this is Node `
  return `${/^#!.*/.exec(main)?.[0] ?? '#!/usr/bin/env node'}
const [major, minor] = process.versions.node.split('.').map(Number)
if (major >= ${major + 2} || (major === ${major} && minor >= ${minor})) import('./main.js')
else {
  process.stderr.write(${JSON.stringify(needed)} + process.versions.node + '.\\n')
  process.exitCode = 1
}
`
}
