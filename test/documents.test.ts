import { execFileSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../packages/client/src/cli/cli.ts'
import { Home } from '../packages/client/test/logs.ts'
import { recordingTerminal } from '../packages/command-line/test/recordingTerminal.ts'
import { runCommand } from '../packages/server/test/runCommand.ts'
import { PAGES, proseOf, read, root } from './pages.ts'

const SOURCES = globSync('{packages/*/{src,test},scripts,test,examples}/**/*.{ts,tsx,mjs}', { cwd: root })
  .map(read)
  .join('\n')

/** The anchors of a page's headings, as GitHub and the site make them. */
function anchorsOf(path: string): string[] {
  const headings = [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** What is wrong with a link of a page; undefined if it leads to something. */
function faultOf(page: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? page : join(page, '..', target)
  if (!existsSync(join(root, path))) return `${link}: no such file`
  if (anchor === undefined) return undefined
  const isFolder = statSync(join(root, path)).isDirectory()
  return anchorsOf(isFolder ? join(path, 'README.md') : path).includes(anchor)
    ? undefined
    : `${link}: no such heading`
}

describe.each(PAGES)('%s', (page) => {
  const text = proseOf(page)

  test('links only to what exists', () => {
    const links = [
      ...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g),
      ...text.matchAll(/(?:src|srcset)="(?!https?:)([^"]+)"/g),
    ].map(([, link = '']) => link)
    expect(links.map((link) => faultOf(page, link)).filter((fault) => fault !== undefined)).toEqual([])
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

  test('names only commands and flags that exist', async () => {
    for (const [, suffix = '', line = ''] of read(page).matchAll(COMMAND_LINE)) {
      const [command = '', ...flags] = line.split(' ').filter((word, n) => n === 0 || word.startsWith('--'))
      const help = await helpOf(suffix, command)
      expect(help, line).toContain('Usage: ')
      for (const flag of flags) expect(`${help}--help`, line).toContain(flag)
    }
  })
})

/** A command of the client or the server, in a block or between backticks: what its name ends with, and what follows. */
const COMMAND_LINE = /(?:^ *|`|npx |; )voicemode-telemetry(-server)? ([a-z][a-z -]*)/gm

const helps = new Map<string, Promise<string>>()

/** The help of a command of the client or the server; empty where there is no such command. */
function helpOf(suffix: string, command: string): Promise<string> {
  const key = `${suffix} ${command}`
  const known = helps.get(key) ?? readHelp(suffix, command)
  helps.set(key, known)
  return known
}

async function readHelp(suffix: string, command: string): Promise<string> {
  const args = [command, '--help']
  if (suffix !== '') return (await runCommand(args)).stdout
  using home = new Home()
  const terminal = recordingTerminal()
  await runCommandLine(args, home.host(), terminal)
  return terminal.written.out
}

test('the reference of the library has everything that it exports', () => {
  const exported = [...read('packages/client/src/index.ts').matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.replace('type ', '').trim())
    .filter((name) => name !== '')
  const own = [...read('packages/client/src/index.ts').matchAll(/^export (?:const|function) (\w+)/gm)]
  const headings = anchorsOf('docs/api/library.md')
  const missing = [...exported, ...own.map(([, name = '']) => name)].filter(
    (name) => !headings.includes(name.toLowerCase()),
  )
  expect(missing, 'run npm run docs').toEqual([])
})

test("the README's program runs", () => {
  const env = { ...process.env, VOICEMODE_BASE_DIR: join(root, 'test/no-such-folder') }
  const output = execFileSync(process.execPath, ['examples/preview.ts'], { cwd: root, env, encoding: 'utf8' })
  expect(output).toBe('no use on that day\n')
})
