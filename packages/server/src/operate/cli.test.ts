import { EXIT } from '@voicemode-telemetry/command-line'
import { expect, test } from 'vitest'
import { runCommand } from '../../test/runCommand.ts'

const run = (...args: string[]) => runCommand(args)

test('options without a command are the settings of a server that is to be started', async () => {
  const { exitCode, served } = await run('--port', '0', '--database=sqlite:/tmp/a=b.db', '--json')
  expect(exitCode).toBe(EXIT.ok)
  expect(served).toMatchObject([{ port: 0, databasePath: '/tmp/a=b.db', json: true }])
})

test('an unknown command or option is named, with the one that was meant', async () => {
  expect(await run('docter', '--json')).toEqual({
    exitCode: EXIT.usage,
    served: [],
    stdout: '',
    stderr:
      'voicemode-telemetry-server: no such command: docter. Did you mean doctor?\nSee: voicemode-telemetry-server --help\n',
  })
  expect((await run('constructor')).stderr).toContain('no such command: constructor.\n')
  expect((await run('backup', 'copy.db', '--forse')).stderr).toContain('--forse. Did you mean --force?\n')
  expect((await run('--prot', '80')).stderr).toContain('--prot. Did you mean --port?\n')
})

test('every wrong setting is named at once, and never its value', async () => {
  const { exitCode, served, stderr } = await run('--port', '77canary77', '--host', 'canary/', '--json')
  expect([exitCode, served]).toEqual([EXIT.usage, []])
  expect(stderr).toMatch(/: --host must be .*: --port must be /s)
  expect(stderr).not.toContain('canary')
})

test('help and version win over what is wrong', async () => {
  expect(await run('--help', '--port', 'x')).toMatchObject({
    exitCode: EXIT.ok,
    stdout: expect.stringContaining('TELEMETRY_EVENTS_PER_ID_PER_HOUR'),
  })
  expect(await run('--version', '--nonsense')).toMatchObject({ stdout: '1.2.3\n', stderr: '' })
  expect(await run('restore', '-h')).toMatchObject({ stdout: expect.stringContaining('Usage:'), stderr: '' })
})
