import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IN_GONE_FOLDER, MAIN, run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { USED_DAY } from './logs.ts'
import { Receiver } from './receiver.ts'
import { inTerminal } from './terminal.ts'

test('in a working directory that is gone there is no project, and everything else goes on', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { NODE_OPTIONS: IN_GONE_FOLDER, VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const status = await run(home, ['status'], env)
  expect(status).toMatchObject({ code: 0, stderr: '' })
  expect(status.stdout.toString()).toContain('you said yes (in voicemode.env)')
  expect((await run(home, ['send'], env)).stdout.toString()).toBe(`${USED_DAY}  sent\n`)
  expect(await run(home, ['send', '--background'], env)).toMatchObject({ code: 0, stderr: '' })
  expect((await run(home, ['disable'], env)).code).toBe(0)
  expect(readFileSync(join(home.base, 'voicemode.env'), 'utf8')).toBe('VOICEMODE_TELEMETRY=false\n')
})

/** Only root can start a process as a user that the machine does not know. */
const isRoot = process.getuid?.() === 0

/** Runs the command as a user without a home. */
function runWithoutHome(args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: '/',
    encoding: 'utf8',
    env: { ...(!isRoot && { HOME: devNull }), VOICEMODE_TELEMETRY: 'true' },
    ...(isRoot && { uid: 54321, gid: 54321 }),
  })
}

test('without a home telemetry is off and says so', () => {
  expect(runWithoutHome(['send', '--background'])).toMatchObject({ status: 0, stdout: '', stderr: '' })
  expect(runWithoutHome(['send', '--detached'])).toMatchObject({ status: 0, stdout: '', stderr: '' })
  const status = runWithoutHome(['status'])
  expect(status).toMatchObject({ status: 0, stderr: '' })
  expect(status.stdout).toMatch(
    /^Telemetry +off: this user has no home directory, so no answer can be recorded$/m,
  )
  for (const command of ['disable', 'preview', 'history', 'forget', 'reset-id', 'send --test'])
    expect(runWithoutHome(command.split(' ')).stderr, command).not.toMatch(/\n {4}at |could not finish/)
})

test('without a home nobody is asked for a yes, and a terminal may not know its size', async () => {
  using home = await grantedHome()
  const session = inTerminal(home, ['enable'], { columns: 0, env: { HOME: devNull } })
  const { code, screen } = await session.ends()
  expect(code).toBe(1)
  expect(screen).toContain('Nothing changed: this user has no home directory, so no answer can be recorded.')
})
