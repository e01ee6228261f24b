import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { readReceipt, readSecret } from '../src/consent/record.ts'
import { listEvents, trimHistory } from '../src/queue/queue.ts'
import { withdrawConsent } from '../src/rights/withdraw.ts'
import { readStatus } from '../src/show/status.ts'
import { VERSION } from '../src/version.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, WithoutEnd } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

describe('a repository cannot', () => {
  test.each(['', '.', 'relative'])('pass for the home directory where HOME is "%s"', async (HOME) => {
    using home = new Home()
    home.write(
      '.voicemode/voicemode.env',
      'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY_ENDPOINT=http://127.0.0.1:9\n',
    )
    const { stdout } = await run(home, ['status', '--json'], { HOME, USERPROFILE: HOME })
    expect(JSON.parse(stdout.toString())).toMatchObject({ state: 'unset', endpoint: null })
  })

  test.each<[string, (path: string) => void]>([
    ['a link to something endless', (path) => symlinkSync('/dev/zero', path)],
    ['a pipe that nobody writes to', (path) => void execFileSync('mkfifo', [path])],
    ['a huge file', (path) => void execFileSync('truncate', ['--size', '2G', path])],
    ['a folder', (path) => mkdirSync(path)],
  ])('hold a command up with %s in place of its settings, which count as a no', async (_, make) => {
    using home = await grantedHome()
    mkdirSync(join(home.path, 'project'))
    make(join(home.path, 'project/.voicemode.env'))
    const { stdout, code } = await run(home, ['status', '--json'], {}, join(home.path, 'project'))
    expect(JSON.parse(stdout.toString())).toMatchObject({
      state: 'denied',
      decided_by: 'project file',
      reason: "~/project/.voicemode.env can't be read, and it may say no",
    })
    expect(code).toBe(0)
  })
})

test('a settings file that cannot be read may say no, so a yes beside it does not count', () => {
  using home = new Home()
  mkdirSync(join(home.base, 'voicemode.env'), { recursive: true })
  const host = home.host({ env: { VOICEMODE_TELEMETRY: 'true' } })
  expect(readStatus(host)).toMatchObject({
    state: 'denied',
    decided_by: 'user file',
    reason: "~/.voicemode/voicemode.env can't be read, and it may say no",
    remedy: 'Make it a file that you can read, of at most 256 KB, or move it away.',
  })
})

describe('an event is kept when the answer only looks like one', () => {
  const json = { 'content-type': 'application/json' }
  test.each([
    [204, {}, ''],
    [200, json, ''],
    [200, json, '{"status":"ok","event_id":"0000000000000000"}'],
    [200, json, '{"status":"sorry"}'],
    [200, { 'content-type': 'text/html' }, '<p>Welcome to our network</p>'],
    [202, json, '{"status":"ok"}'],
    [308, { location: 'https://sign-in.example' }, ''],
  ])('%d %j %j', async (status, headers, body) => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    receiver.answer = answerWith(status, headers as Record<string, string>, body)
    const { stdout, code } = await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
    expect(stdout.toString()).toMatch(
      status === 308
        ? /queued: what answered there redirects to somewhere else \(308\)/
        : /queued: something other than a telemetry server answered \(20\d\)/,
    )
    expect(code).toBe(1)
    expect(listEvents(home.host(), 'queue')).toHaveLength(1)
  })

  test('and an answer without end is read no further than it takes', async () => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    const endless = new WithoutEnd()
    receiver.answer = endless.answer
    await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
    expect(endless.written).toBeLessThan(32 * 1024 * 1024)
  })
})

describe('what somebody left in our folders does not stop a send', () => {
  test.each<[string, (home: Home) => void]>([
    ['a link to itself in the queue', (home) => symlinkSync('event_0123456789abcdef.json', queued(home))],
    ['a folder in the queue', (home) => mkdirSync(queued(home))],
    [
      'a state from a wrong clock',
      (home) => home.write('.voicemode/telemetry_state.json', '{"notBefore":9e15}'),
    ],
    [
      'a caller of no vocabulary',
      (home) => home.write('.voicemode/telemetry_state.json', '{"caller":{"mcpHost":"my secret"}}'),
    ],
  ])('%s', async (_, spoil) => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    mkdirSync(home.host().directories.queue)
    spoil(home)
    const { code } = await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
    expect(code).toBe(0)
    expect(receiver.bodies).toHaveLength(1)
    expect(receiver.bodies[0]?.toString()).not.toMatch(/secret/)
    expect(readStatus(home.host()).last_refused).toBeNull()
  })

  test('what is no event and finds no place keeps no event waiting', async () => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    mkdirSync(home.host().directories.queue)
    writeFileSync(queued(home), 'my secret')
    home.write('.voicemode/logs/telemetry/rejected', '')
    expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['rejected', 'sent'])
    expect(receiver.bodies).toHaveLength(1)
  })

  test('an event that finds no place in the history keeps no other waiting', async () => {
    using home = await grantedHome([addDays(USED_DAY, -1), USED_DAY])
    await using receiver = await Receiver.start()
    home.write('.voicemode/logs/telemetry/sent', '')
    expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['queued', 'queued'])
    expect(receiver.bodies).toHaveLength(2)
    expect(readStatus(home.host())).toMatchObject({
      queued: 2,
      last_failure: { why: expect.stringContaining("can't be moved to logs/telemetry/sent") },
    })
  })

  const queued = (home: Home) => join(home.host().directories.queue, 'event_0123456789abcdef.json')
})

describe('a no does all that it can', () => {
  test('where the setting cannot be written, id, secret and queue still go, and it is said', async () => {
    using home = await grantedHome()
    rmSync(join(home.base, 'voicemode.env'))
    mkdirSync(join(home.base, 'voicemode.env'))
    const { stdout, code } = await run(home, ['disable'], { VOICEMODE_TELEMETRY: 'true' })
    expect(stdout.toString()).toMatch(/^This failed.*: writing the setting\. Nothing is sent anyway\./)
    expect(code).toBe(1)
    expect(readSecret(home.host())).toBeUndefined()
    expect(readReceipt(home.host())?.decision).toBe('denied')
  })

  test('where the base directory is no directory, the setting still says no', async () => {
    using home = new Home()
    home.write('elsewhere', '')
    home.write('.voicemode/voicemode.env', 'VOICEMODE_TELEMETRY=true\n')
    const host = home.host({ env: { VOICEMODE_BASE_DIR: join(home.path, 'elsewhere/base') } })
    const { decision, undone } = await withdrawConsent(host, 'command')
    expect(decision.state).toBe('denied')
    expect(undone).toContain('writing the receipt')
    expect(readFileSync(join(home.base, 'voicemode.env'), 'utf8')).toBe('VOICEMODE_TELEMETRY=false\n')
  })

  test('a half-written secret that a killed process left goes too, and one thing that stays keeps no other', async () => {
    using home = await grantedHome()
    home.write('.voicemode/.telemetry_secret.0b9b4c7e.tmp', 'half a secret')
    mkdirSync(join(home.base, '.telemetry_secret.0.tmp'))
    const { undone } = await withdrawConsent(home.host(), 'command')
    expect(undone).toEqual(['deleting the queue, the id and its secret'])
    expect(readdirSync(home.base).filter((name) => /secret|_id/.test(name))).toEqual([
      '.telemetry_secret.0.tmp',
    ])
    expect(existsSync(join(home.base, 'voicemode.env'))).toBe(true)
  })

  test('what is old in the history goes, whatever else stays', async () => {
    using home = new Home()
    const host = home.host({ now: () => Date.now() + 100 * MS_PER_DAY })
    for (const id of ['0', '1'])
      home.write(`.voicemode/logs/telemetry/sent/event_${id.repeat(16)}.json`, '{}')
    mkdirSync(join(host.directories.sent, `event_${'0'.repeat(16)}.reason.json`))
    trimHistory(host)
    expect(listEvents(host, 'sent')).toEqual([])
  })
})

test('what cannot be written to stdout is a failure, and the command tells its version', async () => {
  using home = await grantedHome()
  const main = new URL('../src/main.ts', import.meta.url).pathname
  expect(() =>
    execFileSync('sh', ['-c', `${process.execPath} ${main} notice > /dev/full`], {
      env: { HOME: home.path },
    }),
  ).toThrow()
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect((await run(home, ['--version'])).stdout.toString()).toBe(`${manifest.version}\n`)
  expect(VERSION).toBe(manifest.version)
})
