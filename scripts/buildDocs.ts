import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Writes the library's reference from its doc comments, `docs/api/library.md`, and builds all pages as a site in `docs/site/dist`. What
 * this needs is large, so it has a lockfile of its own and is installed here. A dead link fails the build.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const site = join(root, 'docs/site')
const dist = join(site, 'dist')

const PAGES = ['*.md', 'docs/**/*.md']
/** What the pages link to besides pages. */
const FILES = ['examples', 'findings', 'docs/pictures', 'docs/event.schema.json', 'LICENSE']

run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'])
run(join(site, 'node_modules/.bin/typedoc'), [])
rmSync(join(site, 'pages'), { recursive: true, force: true })
for (const path of globSync(PAGES, { cwd: root, exclude: ['docs/site/**'] })) copyTo('pages', path)
for (const path of FILES) copyTo('pages', path)
run(join(site, 'node_modules/.bin/vitepress'), ['build'])
for (const path of FILES) copyTo('dist', path)
const dead = globSync('**/*.html', { cwd: dist }).flatMap(deadLinksOf)
if (dead.length > 0) {
  console.error(`These links of the site lead nowhere:\n${dead.join('\n')}`)
  process.exit(1)
}
console.log(`The site is in ${dist}. To look at it: npx --prefix docs/site vitepress preview docs/site`)

/** VitePress compares links with the sources, whose READMEs it renames. */
function deadLinksOf(page: string): string[] {
  const links = readFileSync(join(dist, page), 'utf8').matchAll(/ href="(\.[^"#]*)/g)
  return [...links].flatMap(([, href = '']) =>
    existsSync(join(dist, dirname(page), decodeURI(href))) ? [] : [`${page}: ${href}`],
  )
}

function copyTo(folder: string, path: string): void {
  cpSync(join(root, path), join(site, folder, path), { recursive: true })
}

function run(command: string, args: string[]): void {
  const shell = process.platform === 'win32'
  if (spawnSync(command, args, { cwd: site, stdio: 'inherit', shell }).status !== 0) process.exit(1)
}
