import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Every page for people. */
export const PAGES: string[] = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], {
  cwd: root,
  exclude: ['docs/site/**'],
}).sort()

const BLOCK = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm

/** A page without its blocks. */
export function proseOf(page: string): string {
  return read(page).replaceAll(BLOCK, '')
}

export interface Block {
  /** As `README.md:14`. */
  at: string
  language: string
  text: string
  /** What the page says that its last command prints. */
  prints: string | undefined
}

/** The blocks of all pages. */
export function blocks(): Block[] {
  return PAGES.flatMap((page) => {
    const text = read(page)
    const found = [...text.matchAll(BLOCK)]
    return found.map((match, n) => {
      const [whole, indent = '', language = '', inner = ''] = match
      const next = found[n + 1]
      const isNext = next?.[2] === 'text' && text.slice(match.index + whole.length, next.index).trim() === ''
      return {
        at: `${page}:${text.slice(0, match.index).split('\n').length}`,
        language,
        text: inner.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
        prints: isNext ? next[3] : undefined,
      }
    })
  })
}
