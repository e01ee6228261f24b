import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordingTerminal } from '../../command-line/test/recordingTerminal.ts'
import { runCommandLine } from '../src/cli/cli.ts'
import { HISTORY_KEPT_DAYS } from '../src/queue/queue.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import type { Home } from './logs.ts'
import { Receiver } from './receiver.ts'

const COMMANDS: Record<string, string[]> = {
  status: ['--prove', '--json'],
  preview: ['--day YYYY-MM-DD', '--json'],
  view: ['--days N', '--port N', '--no-open', '--json'],
  enable: ['--page', '--json'],
  disable: ['--forget', '--keep', '--purge', '--json'],
  send: ['--background', '--test', '--json'],
  history: ['--day YYYY-MM-DD', '--json'],
  export: ['--json'],
  forget: ['--json'],
  'reset-id': ['--forget', '--keep', '--json'],
  notice: ['--json'],
  ask: ['--json'],
}

const DAY = /^voicemode-telemetry: --day takes .*YYYY-MM-DD/

/** A command line that is wrong, and how that is said. */
const MISUSES: Record<string, RegExp> = {
  statsu:
    /^voicemode-telemetry: no such command: statsu\. Did you mean status\?\nSee: voicemode-telemetry --help\n$/,
  '--jsn': /^voicemode-telemetry: no such option: --jsn/,
  'help nothing': /no such command/,
  'send --tset': /no such option: --tset\. Did you mean --test\?\nSee: voicemode-telemetry send --help\n$/,
  'send --test --background': /--test and --background contradict each other\.\n/,
  'send --test=yes': /--test takes no value\.\n/,
  'send now': /only options can follow\.\n/,
  'disable --keep --forget': /--forget and --keep contradict each other\.\n/,
  'disable --purge --keep --forget': /--forget and --keep contradict each other\.\n/,
  'disable --purge=all': /--purge takes no value\.\n/,
  'reset-id --keep --forget': /--forget and --keep contradict each other\.\n/,
  'preview --day': /--day needs a value: --day YYYY-MM-DD\.\n/,
  'preview --day 2026-02-30': DAY,
  'history --day yesterday': DAY,
  'view --days 0': /--days takes a whole number from 1 to 90\.\n/,
  'view --days 91': /--days takes a whole number from 1 to 90\.\n/,
  'view --port 65536': /--port takes a whole number from 1 to 65535\.\n/,
  'view --days': /--days needs a value: --days N\.\n/,
  'forget --all --now': /no such option: --all.*\n.*no such option: --now/,
}

let home: Home
let receiver: Receiver

beforeAll(async () => {
  home = await grantedHome()
  receiver = await Receiver.start()
})

afterAll(async () => {
  await receiver[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

/** Every file below a folder with its bytes and its time. */
function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
  return Object.fromEntries(
    entries.map((path) => [path, `${statSync(path).mtimeMs} ${readFileSync(path, 'latin1')}`]),
  )
}

/** Runs a command line at a terminal. @returns what came of it, after nothing is found changed or sent. */
async function runInVain(line: string, columns = 80) {
  const before = contentsOf(home.path)
  const terminal = recordingTerminal({ isInteractive: true, columns, ask: async () => 'y' })
  const host = home.host({ env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
  const code = await runCommandLine(line.split(' '), host, terminal)
  expect(contentsOf(home.path)).toEqual(before)
  expect(receiver.connections).toBe(0)
  return { code, ...terminal.written }
}

describe.each(Object.entries(COMMANDS))('%s', (command, options) => {
  test('tells its use and every option, within the width of the terminal', async () => {
    const { code, out, err } = await runInVain(`${command} --help`)
    expect([code, err]).toEqual([0, ''])
    expect(out.startsWith(`Usage: voicemode-telemetry ${command} [options]\n`)).toBe(true)
    expect(out.match(/^ {2}--[\w-]+(?: [A-Z][A-Z-]*)?/gm)?.map((option) => option.trim()) ?? []).toEqual(
      options,
    )
    expect(await runInVain(`help ${command}`)).toEqual({ code, out, err })
    const narrow = (await runInVain(`${command} --help`, 40)).out.split('\nExamples:')[0] ?? ''
    expect(narrow.split('\n').filter((line) => line.length > 40)).toEqual([])
  })

  test.each(['--nothing', 'word'])('refuses %s, and changes nothing', async (more) => {
    const { code, out, err } = await runInVain(`${command} ${more}`)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^voicemode-telemetry: (no such option: --nothing|only options can follow)/)
    expect(err.endsWith(`\nSee: voicemode-telemetry ${command} --help\n`)).toBe(true)
  })
})

test.each(Object.entries(MISUSES))('%s is refused by name, and nothing is changed', async (line, message) => {
  const { code, out, err } = await runInVain(line)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(message)
})

test('the help of history and view tells how long the history is kept', async () => {
  const told = (await runInVain('history --help')).out.replace(/\s+/g, ' ')
  expect(told).toContain(
    `in the last ${HISTORY_KEPT_DAYS.sent} days, and what the server refused in the last ${HISTORY_KEPT_DAYS.rejected} days`,
  )
  expect((await runInVain('view --help')).out).toContain(`1 to ${HISTORY_KEPT_DAYS.sent}`)
})

test('a wrong command line ends the real command with exit code 2', async () => {
  const { code, stdout, stderr } = await run(home, ['send', '--tset'])
  expect([code, stdout.toString()]).toEqual([2, ''])
  expect(stderr).toMatch(MISUSES['send --tset'] ?? '')
})

test('without an endpoint send ends with the exit code that its help says', async () => {
  const { code, stdout } = await run(home, ['send'])
  expect([code, stdout.toString()]).toEqual([
    1,
    'Nothing sent: no endpoint (VOICEMODE_TELEMETRY_ENDPOINT is not set, so nothing can be sent).\n',
  ])
  expect((await runInVain('send --help')).out.replace(/\s+/g, ' ')).toContain('or if no endpoint is set')
})

test('without an endpoint export says in both ways that nothing is exported', async () => {
  const text = await run(home, ['export'])
  const json = await run(home, ['export', '--json'])
  expect([text.code, text.stderr]).toEqual([1, expect.stringMatching(/^Not exported: /)])
  expect([json.code, JSON.parse(json.stdout.toString()).outcome]).toEqual([1, 'not exported'])
})

test.each(['status', 'send', 'export', 'enable', 'disable --keep', 'preview', 'history', 'reset-id --keep'])(
  '%s --json has one style of keys',
  async (line) => {
    const { stdout } = await run(home, [...line.split(' '), '--json'])
    const keys = [...stdout.toString().matchAll(/^ *"([^"]+)": /gm)].map(([, key = '']) => key)
    expect(keys.filter((key) => /[a-z][A-Z]/.test(key))).toEqual([])
  },
)
