import { expect, test } from 'vitest'
import { runCommandLine } from './cli.ts'
import type { World } from './commands/command.ts'

async function run(...args: string[]) {
  const written = { out: '', err: '' }
  const world: World = {
    env: {},
    fetch: () => expect.unreachable(),
    version: '1.2.3',
    now: () => 0,
    out: (line) => (written.out += `${line}\n`),
    err: (line) => (written.err += `${line}\n`),
  }
  const line = await runCommandLine(args, world)
  return { ...written, line }
}
const WRONG = { outcome: 'ended', exitCode: 2 }

test('flags are the settings of a server that is to be started', async () => {
  const { line } = await run('--port', '0', '--database=sqlite:/tmp/a=b.db', '--json')
  expect(line).toMatchObject({
    outcome: 'serve',
    settings: { port: 0, databasePath: '/tmp/a=b.db', json: true },
  })
})

test('an unknown command is named, with the one that was meant', async () => {
  expect(await run('docter', '--json')).toEqual({
    line: WRONG,
    out: '',
    err: 'There is no command docter: did you mean doctor?\nSee: voicemode-telemetry-server --help\n',
  })
  expect((await run('constructor')).err).toMatch(/^There is no command constructor\n/)
})

test('an unknown option is named, with the one that was meant, of a command and of the server', async () => {
  expect((await run('backup', 'copy.db', '--forse')).err).toMatch(
    /^--forse is unknown: did you mean --force\?\nUsage: voicemode-telemetry-server backup FILE/,
  )
  expect((await run('--prot', '80')).err).toMatch(/^--prot is unknown: did you mean --port\?\n/)
  expect((await run('--quite-another')).err).toMatch(/^--quite-another is unknown\n/)
})

test('everything that is wrong is told at once, by name and never by value', async () => {
  const { line, out, err } = await run(
    '--port',
    '77canary77',
    '--other=canary',
    '--json=canary',
    'canary',
    '--host',
  )
  expect([line, out]).toEqual([WRONG, ''])
  expect(err.split('\n').map((problem) => problem.split(' ')[0])).toEqual([
    ...['--other', '--json', '--host', 'A', '--port', ''],
  ])
  expect(err).not.toContain('canary')
  expect((await run('doctor', '--url', '--json')).err).toMatch(/^--url needs a value\n/)
})

test('a word too many or too few is told with the usage', async () => {
  expect((await run('backup')).err).toMatch(/^A word is missing\nUsage:/)
  expect((await run('move', 'canary')).err).toMatch(/^A word is too many\nUsage:/)
})

test('help and version win over what is wrong', async () => {
  expect(await run('--help', '--port', 'x')).toMatchObject({
    line: { outcome: 'ended', exitCode: 0 },
    out: expect.stringContaining('TELEMETRY_EVENTS_PER_ID_PER_HOUR'),
  })
  expect(await run('--version', '--nonsense')).toMatchObject({ out: '1.2.3\n', err: '' })
  expect(await run('restore', '-h')).toMatchObject({ out: expect.stringContaining('Usage:'), err: '' })
})
