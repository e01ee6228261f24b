import { execFileSync, spawn } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { grantedHome, usedHome } from '../packages/client/test/homes.ts'
import { parseSettings } from '../packages/server/src/operate/settings.ts'
import { type ServerProcess, startServer } from '../packages/server/test/serverProcess.ts'
import { type Block, blocks, read, root } from './pages.ts'

/** The commands of the pages that can't run here, and why. */
const CANNOT_RUN: [command: RegExp, why: string][] = [
  [/\bsudo |^systemctl |^journalctl /, 'needs root and systemd'],
  [/^vmt (move|restore) /, 'needs a server that systemd has stopped; other tests move and restore'],
  [/^scp |10\.0\.0\.\d/, 'needs another host'],
  [/^git pull/, 'needs the server of the repository'],
  [
    /\bwrangler (login|d1 (create|time-travel|execute|export)|secret|deploy$)|--remote/,
    'needs an account at Cloudflare',
  ],
  [/\bwrangler (dev|d1 migrations apply DB --local)/, 'takes six seconds; other tests apply the same files'],
  [/^(createuser|createdb|pg_dump|pg_restore|psql) /, "needs PostgreSQL's own tools"],
  [/^promtool /, "needs Prometheus' own tool"],
  [/^(claude|copilot) mcp add /, 'needs that assistant'],
  [/^npm (ci|pack)\b/, 'installs; it was done before this test'],
]
/** Blocks of these languages are neither run nor read here. */
const NOT_READ: Record<string, string> = {
  text: 'what a command prints, or a drawing',
  yaml: 'nothing here reads YAML',
  sql: 'needs a superuser of a PostgreSQL; other tests make the same settings',
}
/** These go on until they are stopped. */
const GOES_ON = /voicemode-telemetry-server --port|voicemode-telemetry view\b/
/** Only a person at a terminal can say yes. */
const CHANGES_NOTHING = /voicemode-telemetry enable/
/** These have something to do only after a yes. */
const NEEDS_YES = /voicemode-telemetry (send|history|export|forget)\b|COPY/

const FILLS_LIMIT = /^for /

const ALL = blocks()
const ofLanguage = (language: string) => ALL.filter((block) => block.language === language)

/** One command may have several lines; all but the first are indented. */
function commandsOf({ text }: Block): string[] {
  return text.split(/\n(?=\S)/).map((command) => command.replace(/ +#.*$/m, '').trim())
}

let server: ServerProcess
/** For what fills the limit of an IP address. */
let filledServer: ServerProcess
let folder: string
let bin: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blocks-'))
  bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const name of ['packages', 'examples']) symlinkSync(join(root, name), join(folder, name))
  cpSync(join(root, 'packages/server/wrangler.jsonc'), join(folder, 'wrangler.jsonc'))
  const commandOf = (name: string) =>
    `exec ${process.execPath} ${join(root, 'packages', name, 'main.ts')} "$@"`
  const script = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  script('voicemode-telemetry', commandOf('client'))
  script('voicemode-telemetry-mcp', commandOf('mcp'))
  for (const name of ['voicemode-telemetry-server', 'vmt']) script(name, commandOf('server'))
  // npx takes a second to find what is installed.
  script('npx', '[ "$1" != -y ] || shift\nexec "$@"')
  server = await startServer(join(folder, 'server.db'))
  filledServer = await startServer(join(folder, 'filled.db'))
})
afterAll(async () => {
  await server.end()
  await filledServer.end()
  rmSync(folder, { recursive: true })
})

/** A command with the server of this test in place of those of the pages. */
function withServer(command: string): string {
  const { url } = FILLS_LIMIT.test(command) ? filledServer : server
  return command
    .replaceAll(/https:\/\/telemetry\.example\.org|http:\/\/127\.0\.0\.1:\d+|https:\/\/SERVER/g, url)
    .replace('--port 8787', '--port 0')
    .replace(/^(?=npx wrangler)/, 'cd packages/server && ')
}

async function run(command: string): Promise<{ code: number | null; output: string }> {
  using home = NEEDS_YES.test(command) ? await grantedHome() : usedHome()
  if (command.includes('COPY')) cpSync(join(home.base, 'telemetry_secret'), join(folder, 'COPY'))
  const child = spawn('bash', ['-c', withServer(command)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOME: home.path,
      PATH: [bin, join(root, 'node_modules/.bin'), process.env.PATH].join(':'),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      VOICEMODE_TELEMETRY_ENDPOINT: server.url,
      TELEMETRY_DATABASE: `sqlite:${join(folder, 'server.db')}`,
      WRANGLER_SEND_METRICS: 'false',
      // With the banner it looks for a newer version.
      WRANGLER_HIDE_BANNER: 'true',
    } as NodeJS.ProcessEnv,
  })
  let output = ''
  let goesOn = GOES_ON.test(command)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
      if (!goesOn || !output.includes('http://')) return
      goesOn = false
      child.kill('SIGINT')
    })
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

const oneBlank = (text: string) => text.trim().replaceAll(/\s+/g, ' ')

describe('shell', () => {
  const commands = ofLanguage('sh').flatMap((block) => {
    const own = commandsOf(block)
    return own.map((command, n) => ({
      at: block.at,
      command,
      prints: n === own.length - 1 && !command.includes('doctor') ? block.prints : undefined,
    }))
  })
  const runnable = commands.filter(({ command }) => !CANNOT_RUN.some(([pattern]) => pattern.test(command)))
  const tasks = runnable.filter(({ command }) => /^npm (start|test|run)\b/.test(command))
  const others = runnable.filter((each) => !tasks.includes(each))
  const keyOf = ({ command, prints = '' }: (typeof others)[number]) => command.replace('npx ', '') + prints
  const once = [...new Map(others.map((each) => [keyOf(each), each])).values()]

  test.concurrent.for(once)('$at: $command', async ({ command, prints }) => {
    const { code, output } = await run(command)
    expect(code, output).toBe(CHANGES_NOTHING.test(command) ? 1 : 0)
    for (const line of (prints ?? '').split('\n').filter((line) => !line.includes('…'))) {
      expect(oneBlank(output)).toContain(oneBlank(line))
    }
  })

  test('the tasks that pages name exist', () => {
    const named = tasks.map(({ command }) => /^npm (?:run )?([\w:]+)/.exec(command)?.[1])
    expect(named.filter((name) => !Object.hasOwn(manifest.scripts, name ?? ''))).toEqual([])
  })

  test('each reason for not running a command is needed', () => {
    const needless = CANNOT_RUN.filter(([pattern]) => !commands.some(({ command }) => pattern.test(command)))
    expect(needless).toEqual([])
  })
})

describe('other languages', () => {
  test('a block says its language, and each is checked or has a reason not to be', () => {
    const checked = ['sh', 'json', 'ini', 'toml', 'ts', 'python', ...Object.keys(NOT_READ)]
    expect(ALL.filter(({ language }) => !checked.includes(language))).toEqual([])
  })

  test.each(ofLanguage('json'))('$at is JSON', ({ text }) => {
    // One line of a larger object is allowed.
    JSON.parse(text.startsWith('{') ? text : `{${text.trim().replace(/,$/, '')}}`)
  })

  test.each(ofLanguage('ini'))('$at has valid settings of a server', ({ text }) => {
    const { outcome } = parseSettings({}, { TELEMETRY_ADMIN_TOKEN: 'x'.repeat(24), ...parseEnv(text) })
    expect(outcome).toBe('serve')
  })

  test.each(ofLanguage('toml'))('$at is TOML', ({ text }) => {
    execFileSync('python3', ['-c', 'import sys, tomllib; tomllib.loads(sys.stdin.read())'], { input: text })
  })

  test.each(ofLanguage('python'))('$at is Python', ({ text }) => {
    execFileSync('python3', ['-c', 'import sys; compile(sys.stdin.read(), "block", "exec")'], { input: text })
  })

  test.each(ofLanguage('ts'))('$at is a program of the examples, which have tests', ({ text }) => {
    const programs = globSync('examples/*.ts', { cwd: root }).map(read)
    expect(programs).toContain(text)
  })

  test('the line for cron runs', () => {
    const [, line = ''] = /^17 \* \* \* \* +(.*)$/m.exec(read('docs/background.md')) ?? []
    const script = line
      .replace('sleep', 'expr')
      .replace('voicemode-telemetry', join(bin, 'voicemode-telemetry'))
    const seconds = Number(
      execFileSync('bash', ['-c', script], { env: { HOME: folder, PATH: process.env.PATH } }),
    )
    expect(seconds).toBeLessThan(3_600)
  })
})
