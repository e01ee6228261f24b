import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { createHost, maybeSendInBackground, noteCaller } from '../src/index.ts'
import { readState } from '../src/settings/state.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { Receiver } from './receiver.ts'

const QUIET = { code: 0, stdout: Buffer.from(''), stderr: '' }

test('a send in the background delivers after its parent has ended, and its parent shows nothing', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const arrived = receiver.nextRequest()
  expect(await run(home, ['send', '--background'], env)).toEqual(QUIET)
  await arrived
  expect(receiver.bodies).toHaveLength(1)
  expect(maybeSendInBackground(home.host({ env }))).toBe('not due')
})

test('of many starts at once one sends', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const arrived = receiver.nextRequest()
  // As the processes in the background, but waited for, so that all of them have ended when we count.
  await Promise.all(Array.from({ length: 6 }, () => run(home, ['send', '--detached'], env)))
  await arrived
  expect(receiver.bodies).toHaveLength(1)
})

test('a parent does not wait while a server keeps the process in the background waiting', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = () => {}
  const arrived = receiver.nextRequest()
  expect(await run(home, ['send', '--background'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })).toEqual(
    QUIET,
  )
  await arrived
})

test('a process in the background ends after 15 seconds, where tries and time-outs would take 30', {
  timeout: 28_000,
}, async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = () => {}
  expect(await run(home, ['send', '--detached'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })).toEqual(
    QUIET,
  )
  expect(receiver.bodies).toHaveLength(2)
})

test('it runs at most once in 24 hours, also after the clock was set back', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  await run(home, ['send', '--detached'], env)
  const last = readState(home.host()).lastBackgroundAt ?? 0
  const started: string[][] = []
  const at = (now: number) =>
    maybeSendInBackground({
      ...home.host({ env, now: () => now }),
      startDetached: (args) => started.push(args) > 0,
    })
  expect(at(last + MS_PER_DAY - 1)).toBe('not due')
  expect(at(last + MS_PER_DAY)).toBe('started')
  expect(at(last - 1)).toBe('started')
  expect(started).toHaveLength(2)
})

test('what a host program has Node load does not reach the process in the background', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  home.write(
    'intruder.cjs',
    `require('node:fs').writeFileSync(${JSON.stringify(join(home.path, 'ran'))}, '')`,
  )
  const env = {
    ...process.env,
    CI: undefined,
    HOME: home.path,
    VOICEMODE_TELEMETRY_ENDPOINT: receiver.url,
    NODE_OPTIONS: `--require ${join(home.path, 'intruder.cjs')}`,
  }
  const arrived = receiver.nextRequest()
  expect(maybeSendInBackground(home.host({ env }))).toBe('started')
  await arrived
  expect(() => readFileSync(join(home.path, 'ran'))).toThrow()
})

test('who VoiceMode is used from is remembered, so that a preview tells what the background will send', async () => {
  using home = await grantedHome()
  noteCaller(home.host(), { mcpHost: 'cursor' })
  const { stdout } = await run(home, ['preview', '--day', USED_DAY])
  expect(JSON.parse(stdout.toString()).environment).toMatchObject({ mcp_host: 'cursor' })
})

test('without a yes nothing is remembered', () => {
  using home = new Home()
  noteCaller(home.host(), { mcpHost: 'cursor' })
  expect(readState(home.host())).toEqual({})
})

describe('a home that cannot be written or is not there breaks and delays nothing', () => {
  /** root may write everywhere, so a file stands where a folder is wanted: nobody can write below that. */
  const HOMES: Record<string, (home: Home) => void> = {
    'a file in place of the base directory': (home) => {
      rmSync(home.base, { recursive: true })
      writeFileSync(home.base, '')
    },
    'no home at all': (home) => rmSync(home.path, { recursive: true }),
    'an empty home': (home) => rmSync(home.base, { recursive: true }),
    'a folder in place of the state file': (home) => mkdirSync(join(home.base, 'telemetry_state.json')),
    'a folder in place of the lock': (home) => writeFileSync(join(home.base, 'telemetry.lock'), ''),
    'a record that only its owner may read': (home) => chmodSync(join(home.base, 'telemetry_secret'), 0),
  }

  test.each(Object.entries(HOMES))('%s', async (_, spoil) => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    spoil(home)
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url, VOICEMODE_TELEMETRY: 'true' }
    const answers = await Promise.all(
      ['send --background', 'send --detached', 'ask', 'status', 'send'].map((args) =>
        run(home, args.split(' '), env, '/'),
      ),
    )
    for (const { stdout, stderr } of answers.slice(0, 3)) expect(stdout.toString() + stderr).toBe('')
    expect(answers.slice(0, 4).map(({ code }) => code)).toEqual([0, 0, 0, 0])
    for (const { stdout, stderr } of answers)
      expect(stdout.toString() + stderr).not.toMatch(/\n {4}at |Error:/)
  })

  test('a host program with a home directory that does not exist gets its answer', () => {
    const host = createHost({
      env: { VOICEMODE_TELEMETRY: 'true' },
      homeDirectory: '/nonexistent/home',
      isCI: false,
    })
    expect(maybeSendInBackground(host)).toBe('withheld')
  })
})
