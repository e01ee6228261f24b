import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'

const PAGE = 'view.html'
/** Whether this is a source file. In a built client the paths of the sources would lead to other people's files. */
const IS_SOURCE = import.meta.url.endsWith('/src/view/page.ts')
/** The folders in which the built page may be. */
const PLACES = (IS_SOURCE ? ['../../../dashboard/dist'] : ['./page', '../page']).map(fromHere)

/** The folder of the built page; undefined if it is not built. */
export function findPage(): string | undefined {
  return PLACES.find((place) => existsSync(join(place, PAGE)))
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
 * @param path the end of its URL; empty for the page itself.
 * @returns undefined if the page has no such file.
 */
export function readPageFile(folder: string, path: string): { type: string; content: Buffer } | undefined {
  const name = path === '' ? PAGE : /^assets\/[\w-][\w.-]*$/.exec(path)?.[0]
  const type = name && TYPES[extname(name)]
  if (!type) return undefined
  const file = join(folder, name)
  if (existsSync(file)) return { type, content: readFileSync(file) }
  // In a built client large files are compressed.
  return existsSync(`${file}.br`)
    ? { type, content: brotliDecompressSync(readFileSync(`${file}.br`)) }
    : undefined
}

function fromHere(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
