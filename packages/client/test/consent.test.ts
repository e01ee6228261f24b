import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noteEnvironmentNo } from '../src/consent/environmentNo.ts'
import { readDecision, readReceipt } from '../src/consent/record.ts'
import type { Env, Host } from '../src/host.ts'
import { maybeSendInBackground, sendDue, TelemetryClient, withdrawConsent } from '../src/index.ts'
import { readState } from '../src/settings/state.ts'
import { run, start } from './commandLine.ts'
import { grantedHome, LONG_AGO, usedHome } from './homes.ts'
import { ENVIRONMENT, Home, USED_DAY } from './logs.ts'
import { Receiver } from './receiver.ts'
import { inTerminal } from './terminal.ts'

const DNT = { DO_NOT_TRACK: '1' }
const PROMPT = 'y / N / p (preview) / d (details) '
const ENDPOINT = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://stats.example.org' }

async function enables(home: Home, env: Env = {}): Promise<string> {
  const session = inTerminal(home, ['enable'], { env: { ...ENDPOINT, ...env } })
  await session.sees(PROMPT)
  session.type('y\r')
  return (await session.ends()).screen
}

describe('a yes is two records', () => {
  test.each<[string, Env]>([
    ['alone', {}],
    ['with the same in the environment', { VOICEMODE_TELEMETRY: 'true' }],
  ])(
    'a setting of the user’s file %s opens no connection and makes no id; enable on a terminal then does',
    async (_, also) => {
      using home = usedHome()
      home.write('.voicemode/voicemode.env', 'VOICEMODE_TELEMETRY=true\n')
      await using receiver = await Receiver.start()
      const env = { ...also, VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
      for (const command of ['send', 'send --detached', 'send --background', 'ask', 'enable', 'preview'])
        await run(home, command.split(' '), env)
      const status = await run(home, ['status'], env)
      expect(status.stdout.toString()).toContain(
        'off: your settings say yes, but nobody has confirmed it here: voicemode-telemetry enable',
      )
      expect(receiver.connections).toBe(0)
      expect(readdirSync(home.base).sort()).toEqual(['logs', 'voicemode.env'])

      expect(await enables(home, env)).toContain('Thank you.')
      expect(existsSync(join(home.base, 'telemetry_id'))).toBe(true)
      expect(readReceipt(home.host())).toMatchObject({ decision: 'granted', channel: 'command' })
      // As if that had been long ago, so that a day is due.
      const path = join(home.base, 'telemetry_consent.json')
      const receipt = { ...readReceipt(home.host()), decided_at: new Date(LONG_AGO).toISOString() }
      writeFileSync(path, JSON.stringify(receipt))
      expect((await run(home, ['send'], env)).stdout.toString()).toBe(`${USED_DAY}  sent\n`)
      expect(receiver.bodies).toHaveLength(1)
    },
  )

  test('taking either away takes it back', async () => {
    using home = await grantedHome()
    const settings = join(home.base, 'voicemode.env')
    const receipt = join(home.base, 'telemetry_consent.json')
    for (const [path, layer] of [
      [settings, 'removed setting'],
      [receipt, 'unconfirmed setting'],
    ] as const) {
      const whole = readFileSync(path)
      writeFileSync(path, '')
      expect(readDecision(home.host())).toMatchObject({ state: 'unset', decidedBy: layer })
      writeFileSync(path, whole)
      expect(readDecision(home.host()).state).toBe('granted')
    }
  })

  test('a receipt of the time when a setting was enough counts for nothing', async () => {
    using home = await grantedHome()
    const path = join(home.base, 'telemetry_consent.json')
    writeFileSync(path, JSON.stringify({ ...readReceipt(home.host()), channel: 'settings' }))
    expect(readDecision(home.host())).toMatchObject({ state: 'unset', decidedBy: 'unconfirmed setting' })
  })

  test('a project that brings settings and a receipt consents for nobody', async () => {
    using home = usedHome()
    home.write('.voicemode/voicemode.env', 'VOICEMODE_TELEMETRY=true\n')
    using repository = await grantedHome()
    const VOICEMODE_BASE_DIR = repository.base
    repository.write('.voicemode.env', `VOICEMODE_BASE_DIR=${VOICEMODE_BASE_DIR}\n`)
    for (const env of [{}, { VOICEMODE_BASE_DIR }]) {
      const { directories, ...host } = home.host({ workingDirectory: repository.path, env })
      expect(directories.base).toBe(repository.base)
      expect(readDecision({ directories, ...host })).toMatchObject({ state: 'unset' })
    }
  })
})

describe('a no of the environment', () => {
  test('that one process sees keeps every other one from sending, until a yes without it', async () => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    home.write(
      '.voicemode/voicemode.env',
      `VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY_ENDPOINT=${receiver.url}\n`,
    )
    const seen = await run(home, ['status'], DNT)
    expect(seen.stdout.toString()).toMatch(
      /^Telemetry +off: you said no \(DO_NOT_TRACK in the environment\)\nTo change it +voicemode-telemetry enable, in a terminal where DO_NOT_TRACK is not set\n/,
    )
    expect(Object.keys(readState(home.host()))).toEqual(['environmentNo'])
    expect(Object.keys(readState(home.host()).environmentNo ?? {})).toEqual(['variable', 'at'])

    for (const env of [{}, { VOICEMODE_TELEMETRY: 'true' }, { DO_NOT_TRACK: '0' }]) {
      const { stdout, code } = await run(home, ['send'], env)
      expect(stdout.toString()).toMatch(
        /^Nothing sent: you said no on \d{4}-\d\d-\d\d \(DO_NOT_TRACK in the environment\), and that is remembered\. To change it: voicemode-telemetry enable, in a terminal where DO_NOT_TRACK is not set\n$/,
      )
      expect(code).toBe(0)
    }
    expect((await inTerminal(home, ['ask'], { env: ENDPOINT }).ends()).screen).toBe('')
    expect(await enables(home, DNT)).toContain('a no overrides it')
    expect(readDecision(home.host()).decidedBy).toBe('remembered no')
    expect(receiver.connections).toBe(0)

    expect(await enables(home, { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })).toContain('Thank you.')
    expect(readState(home.host()).environmentNo).toBeUndefined()
    expect(readDecision(home.host()).state).toBe('granted')
  })

  const ENTRIES: Record<string, (host: Host) => unknown> = {
    maybeSendInBackground,
    sendDue: (host) => sendDue(host, { environment: ENVIRONMENT }),
    TelemetryClient: (host) => new TelemetryClient(host).queueSize(),
  }

  test.each(Object.entries(ENTRIES))('is noticed by %s', async (_, enter) => {
    using home = await grantedHome()
    await enter(home.host({ env: { VOICEMODE_TELEMETRY: 'Off' }, now: () => LONG_AGO }))
    expect(readState(home.host())).toEqual({
      environmentNo: { variable: 'VOICEMODE_TELEMETRY', at: LONG_AGO },
    })
    expect(readDecision(home.host())).toMatchObject({ state: 'denied', decidedBy: 'remembered no' })
  })

  test('stops a send under way', async () => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    receiver.answer = () => {}
    const arrived = receiver.nextRequest()
    const sending = start(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
    await arrived
    await run(home, ['status'], DNT)
    expect((await sending.finished).stdout.toString()).toContain('and that is remembered')
  })

  test.each(['{', '', '[]', 'x'.repeat(300_000)])(
    'counts as remembered where the state file is damaged',
    async (content) => {
      using home = await grantedHome()
      home.write('.voicemode/telemetry_state.json', content)
      expect(readDecision(home.host())).toMatchObject({ state: 'denied', decidedBy: 'remembered no' })
    },
  )

  test('is not lost where other processes write to the state file at the same time', async () => {
    using home = await grantedHome()
    const script = `
      const { updateState } = await import(process.argv[1])
      const host = { now: Date.now, directories: { ownBase: process.argv[2] } }
      for (let n = 0; n < 200; n++) updateState(host, { notBefore: n })`
    const module = new URL('../src/settings/state.ts', import.meta.url).href
    const writers = [1, 2].map(() =>
      execFile(process.execPath, ['--input-type=module', '-e', script, module, home.base]),
    )
    const ended = writers.map((writer) => new Promise((resolve) => writer.on('close', resolve)))
    noteEnvironmentNo(home.host({ env: DNT }))
    await Promise.all(ended)
    expect(readState(home.host())).toMatchObject({
      environmentNo: { variable: 'DO_NOT_TRACK' },
      notBefore: 199,
    })
  })

  test('is not remembered where there is no yes that it could end', async () => {
    using home = new Home()
    noteEnvironmentNo(home.host({ env: DNT }))
    expect(existsSync(home.base)).toBe(false)
    await withdrawConsent(home.host(), 'command')
    noteEnvironmentNo(home.host({ env: DNT }))
    expect(readState(home.host())).toEqual({})
  })

  test.each<[string, Env, string | undefined]>([
    ['VOICEMODE_TELEMETRY=false', { VOICEMODE_TELEMETRY: 'false' }, undefined],
    ['DO_NOT_TRACK=1', DNT, undefined],
    ['VOICEMODE_TELEMETRY=false', DNT, 'DO_NOT_TRACK'],
    ['VOICEMODE_TELEMETRY=false', { ...DNT, VOICEMODE_TELEMETRY: 'false' }, 'DO_NOT_TRACK'],
    ['DO_NOT_TRACK=1', { ...DNT, VOICEMODE_TELEMETRY: '0' }, 'VOICEMODE_TELEMETRY'],
    ['VOICEMODE_TELEMETRY=false', { VOICEMODE_TELEMETRY: '0' }, 'VOICEMODE_TELEMETRY'],
    [
      'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=false',
      { VOICEMODE_TELEMETRY: 'false' },
      'VOICEMODE_TELEMETRY',
    ],
    ['DO_NOT_TRACK=1', { DO_NOT_TRACK: 'true' }, 'DO_NOT_TRACK'],
  ])(
    'of a project’s file with %s under %j is remembered only for itself: %s',
    async (text, env, variable) => {
      using home = await grantedHome()
      using project = new Home()
      project.write('.voicemode.env', `${text}\n`)
      noteEnvironmentNo(home.host({ env, workingDirectory: project.path }))
      expect(readState(home.host()).environmentNo?.variable).toBe(variable)
    },
  )

  test('that can’t be written breaks nothing, and its own process sends nothing', async () => {
    using home = await grantedHome()
    mkdirSync(join(home.base, 'telemetry_state.json'))
    const host = home.host({ env: { ...DNT, VOICEMODE_TELEMETRY_ENDPOINT: 'http://127.0.0.1:9' } })
    expect(maybeSendInBackground(host)).toBe('withheld')
    expect(await sendDue(host, { environment: ENVIRONMENT })).toMatchObject({ why: 'no consent' })
  })

  test('is told whatever somebody wrote in its place', async () => {
    using home = await grantedHome()
    for (const environmentNo of [{}, [], 'yes', 1, { variable: 4, at: 'noon' }, { at: 1e300 }]) {
      home.write('.voicemode/telemetry_state.json', JSON.stringify({ environmentNo }))
      const { stdout, code } = await run(home, ['status'])
      expect(stdout.toString()).toContain('off: you said no (DO_NOT_TRACK in the environment), and that')
      expect(code).toBe(0)
    }
  })
})

test.each([
  ['appended', 'VOICEMODE_TELEMETRY=true\n', ''],
  ['in a whole file', '', '\ufeff'],
])('a no that a Windows program wrote in UTF-16, %s, counts', async (_, before, mark) => {
  using home = await grantedHome()
  const no = Buffer.from(`${mark}VOICEMODE_TELEMETRY=false\r\n`, 'utf16le')
  writeFileSync(join(home.base, 'voicemode.env'), Buffer.concat([Buffer.from(before), no]))
  expect(readDecision(home.host()).state).toBe('denied')
})

test('a yes to a question that was shown before a no records nothing', async () => {
  using home = new Home()
  const session = inTerminal(home, ['ask'], { env: ENDPOINT })
  await session.sees(PROMPT)
  await run(home, ['disable'])
  session.type('y\r')
  await session.sees('a no was recorded')
  await session.ends()
  expect(readReceipt(home.host())?.decision).toBe('denied')
})

test('a no where nobody has ever said yes does not speak of events on a server', async () => {
  using home = usedHome()
  const told = async () => (await run(home, ['disable'])).stdout.toString()
  expect(await told()).toBe(
    'Telemetry is off. The queue, the id and its secret are deleted.\nThere is no history of sent events on this machine.\n',
  )
  expect(await told()).toContain('The server was not asked to delete anything now.')
})
