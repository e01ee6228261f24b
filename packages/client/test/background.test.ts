import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, dayAt, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { createHost, maybeSendInBackground, noteCaller } from '../src/index.ts'
import { eraseQueue } from '../src/queue/queue.ts'
import { resetIdentity } from '../src/rights/withdraw.ts'
import { isBackgroundDue } from '../src/send/background.ts'
import { type SendReport, sendInBackground } from '../src/send/send.ts'
import { readState, updateState } from '../src/settings/state.ts'
import { readStatus } from '../src/show/status.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { ENVIRONMENT, Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'
import { hostOf, outcomes } from './sending.ts'

const HOUR_MS = 60 * 60_000
const TODAY = dayAt(Date.now())
const NOON = startOfDay(TODAY) + 12 * HOUR_MS
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

/** Whether a background send may run at a time, by what is remembered. */
function dueAt(home: Home, now: number): boolean {
  return isBackgroundDue(home.host({ now: () => now }))
}

/** A background send as in its own process, at a time. It draws no random numbers but zeros: no backoff, and the earliest time of day. */
function sendAt(home: Home, receiver: Receiver, now: number): Promise<SendReport> {
  const host = {
    ...hostOf(home, receiver.url, { now: () => now }),
    randomBytes: (n: number) => new Uint8Array(n),
  }
  return sendInBackground(host, { environment: ENVIRONMENT })
}

test('it runs once a day, at the time of day of the machine, also after the clock was set back', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  expect(outcomes(await sendAt(home, receiver, NOON))).toEqual(['sent'])
  const { timeOfDayMs = 0 } = readState(home.host())
  const next = startOfDay(TODAY) + MS_PER_DAY + timeOfDayMs
  expect([NOON, next - 1, next, NOON - 1].map((now) => dueAt(home, now))).toEqual([false, false, true, true])
  expect(outcomes(await sendAt(home, receiver, NOON + 1))).toEqual(['not due'])

  // A new id has a new time of day, or the old one would link the two.
  const host = hostOf(home, receiver.url)
  await resetIdentity(host)
  expect(readState(host).timeOfDayMs).toBeUndefined()
})

test('while events wait it runs again when the server said, and not before', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(429, { 'retry-after': '600' })
  expect(outcomes(await sendAt(home, receiver, NOON))).toEqual(['queued'])
  const over = NOON + 600_000
  expect([over - 1, over].map((now) => dueAt(home, now))).toEqual([false, true])
  expect(readStatus(hostOf(home, receiver.url, { now: () => NOON }))).toMatchObject({
    next_background_send: new Date(over).toISOString(),
    not_before: new Date(over).toISOString(),
  })
  receiver.answer = takeIt
  expect(outcomes(await sendAt(home, receiver, over))).toEqual(['sent'])
  expect(dueAt(home, over + HOUR_MS)).toBe(false)
})

test('while events wait and the server gave no time, it runs again after a backoff that grows, and daily all the same', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(503)
  for (let n = 1; n <= 2; n++) {
    expect(outcomes(await sendAt(home, receiver, NOON))).toEqual(['queued'])
    expect(readState(home.host())).toMatchObject({ failedSends: n, retryAt: NOON })
  }
  updateState(home.host(), { retryAt: NOON + MS_PER_DAY })
  expect([NOON + HOUR_MS, NOON + MS_PER_DAY].map((now) => dueAt(home, now))).toEqual([false, true])
  // Nothing is left to be retried.
  updateState(home.host(), { retryAt: NOON })
  eraseQueue(home.host())
  expect(dueAt(home, NOON + HOUR_MS)).toBe(false)
})

test('an event that a retry would not help makes it run no more often', async () => {
  using home = await grantedHome([addDays(USED_DAY, -1), USED_DAY])
  await using receiver = await Receiver.start()
  const tooNew = refuseWith({ type: '/problems/unknown-fields' })
  receiver.answer = (...to) => (to[2] === 1 ? answerWith(503, { 'retry-after': '600' }) : tooNew)(...to)
  expect(outcomes(await sendAt(home, receiver, NOON))).toEqual(['queued'])
  expect(outcomes(await sendAt(home, receiver, NOON + 600_000))).toEqual(['queued', 'queued'])
  expect(dueAt(home, NOON + 11 * HOUR_MS)).toBe(false)
  expect(dueAt(home, NOON + MS_PER_DAY)).toBe(true)
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
