import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE = 'view.html'
/** In a clone of the repository; a built client is elsewhere, where these paths lead to somebody else's files. */
const IN_CLONE = import.meta.url.endsWith('/src/view/page.ts')
/** Beside the built client, which may be in a folder of parts. */
const PLACES = (IN_CLONE ? ['../../../dashboard/dist'] : ['./page', '../page']).map(fromHere)
const BUILDER = fromHere('../../../../scripts/buildDashboard.ts')

/** Where the built page lies; undefined where it is not built. */
export function findPage(): string | undefined {
  return PLACES.find((place) => existsSync(join(place, PAGE)))
}

/** Builds the page where its sources are, which takes a few seconds. @returns as {@link findPage}. */
export function buildPage(): string | undefined {
  if (IN_CLONE) spawnSync(process.execPath, [BUILDER], { stdio: 'ignore', windowsHide: true })
  return findPage()
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * One of the page's files.
 *
 * @param path as its address names it; empty for the page itself.
 * @returns undefined for what is no file of the page.
 */
export function readPageFile(folder: string, path: string): { type: string; content: Buffer } | undefined {
  const name = path === '' ? PAGE : /^assets\/[\w-][\w.-]*$/.exec(path)?.[0]
  const type = name && TYPES[extname(name)]
  if (!type || !existsSync(join(folder, name))) return undefined
  return { type, content: readFileSync(join(folder, name)) }
}

function fromHere(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
