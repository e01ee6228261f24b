import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, MS_PER_DAY, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { readReceipt, readSecret } from '../src/consent/record.ts'
import { grantConsent, telemetryId } from '../src/index.ts'
import { listEvents } from '../src/queue/queue.ts'
import { withdrawConsent } from '../src/rights/withdraw.ts'
import { readStatus } from '../src/show/status.ts'
import { run, start } from './commandLine.ts'
import { grantedHome, useOn } from './homes.ts'
import { Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, takeIt } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

test('preview, queue file, request body and history file are the same bytes', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const previewed = await run(home, ['preview', '--day', USED_DAY], env)

  receiver.answer = answerWith(503)
  expect((await run(home, ['send'], env)).code).toBe(1)
  const queue = join(home.base, 'telemetry_queue')
  const [name = ''] = readdirSync(queue).filter((name) => name !== '.gitignore')
  const queued = readFileSync(join(queue, name))
  const previewedQueued = await run(home, ['preview', '--day', USED_DAY], env)

  receiver.answer = takeIt
  expect((await run(home, ['send'], env)).code).toBe(0)
  const kept = readFileSync(join(home.base, 'logs/telemetry/sent', name))
  const history = await run(home, ['history', '--day', USED_DAY], env)
  const { stderr } = await run(home, ['history'])
  expect(stderr).toBe(`To see the bytes of a day: voicemode-telemetry history --day ${USED_DAY}\n`)

  expect(listEvents(home.host(), 'queue')).toEqual([])
  for (const bytes of [queued, previewedQueued.stdout, kept, history.stdout, ...receiver.bodies]) {
    expect(bytes).toEqual(previewed.stdout)
  }
  const event = JSON.parse(previewed.stdout.toString()) as TelemetryEvent
  expect(name).toBe(`event_${event.event_id}.json`)
  expect(event.usage.total_sessions).toBe(1)
})

describe('without a yes nothing is sent, made or connected', () => {
  test.each<[string, Record<string, string>, (string | undefined)?, (string | undefined)?]>([
    ['nobody answered', {}],
    ['ask', {}, 'VOICEMODE_TELEMETRY=ask\n'],
    ['an unknown word', { VOICEMODE_TELEMETRY: 'maybe' }],
    ['a yes in the project only', {}, undefined, 'VOICEMODE_TELEMETRY=true\n'],
    ['DO_NOT_TRACK', { DO_NOT_TRACK: '1', VOICEMODE_TELEMETRY: 'true' }, 'VOICEMODE_TELEMETRY=true\n'],
    ['a no in the environment', { VOICEMODE_TELEMETRY: 'Off' }, 'VOICEMODE_TELEMETRY=true\n'],
    [
      'a no in the project',
      { VOICEMODE_TELEMETRY: 'true' },
      'VOICEMODE_TELEMETRY=true\n',
      'VOICEMODE_TELEMETRY=no\n',
    ],
    ["a no in the user's file", { VOICEMODE_TELEMETRY: 'true' }, 'VOICEMODE_TELEMETRY=0\n'],
    ['CI', { CI: 'true', VOICEMODE_TELEMETRY: 'true' }, 'VOICEMODE_TELEMETRY=true\n'],
    ["a yes in the user's file", {}, 'VOICEMODE_TELEMETRY=true\n'],
    [
      "a yes in the user's file and in the environment",
      { VOICEMODE_TELEMETRY: 'true' },
      'VOICEMODE_TELEMETRY=true\n',
    ],
  ])('%s', async (_, env, userFile, projectFile) => {
    using home = new Home()
    useOn(home, [USED_DAY])
    if (userFile) home.write('.voicemode/voicemode.env', userFile)
    home.write('project/src/.keep', '')
    if (projectFile) home.write('project/.voicemode.env', projectFile)
    await using receiver = await Receiver.start()
    const before = readdirSync(home.base).sort()
    const { code, stdout } = await run(
      home,
      ['send'],
      { ...env, VOICEMODE_TELEMETRY_ENDPOINT: receiver.url },
      join(home.path, 'project/src'),
    )
    expect(stdout.toString()).toMatch(/^Nothing sent: (?!VOICEMODE_TELEMETRY_ENDPOINT)/)
    expect(code).toBe(0)
    expect(receiver.connections).toBe(0)
    expect(readdirSync(home.base).sort()).toEqual(before)
  })
})

test('a yes of the environment makes secret, id and receipt at the first send, and older days stay untold', async () => {
  using home = new Home()
  useOn(home, [USED_DAY])
  await using receiver = await Receiver.start()
  const host = home.host({
    env: { VOICEMODE_TELEMETRY: 'true', VOICEMODE_TELEMETRY_ENDPOINT: receiver.url },
  })
  expect(telemetryId(host)).toBeUndefined()
  expect(outcomes(await send(host))).toEqual([])
  expect(receiver.connections).toBe(0)
  expect(readReceipt(host)).toMatchObject({ decision: 'granted', channel: 'environment' })
  expect(telemetryId(host)).toMatch(/^[0-9a-f-]{14}8/)
  expect(statSync(join(home.base, 'telemetry_secret')).mode & 0o777).toBe(0o600)
})

test('a day is sent once, whatever happens in between', async () => {
  using home = await grantedHome([addDays(USED_DAY, -2), USED_DAY])
  await using receiver = await Receiver.start()
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent', 'sent'])
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual([])
  expect(receiver.bodies).toHaveLength(2)
})

test('with the server down an event is queued, and the next send delivers it', async () => {
  using home = await grantedHome()
  const gone = await Receiver.start()
  const { port, url } = gone
  await gone[Symbol.asyncDispose]()
  const down = await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: url })
  expect(down.stdout.toString()).toMatch(/queued: refused/)
  expect(down.code).toBe(1)
  await using receiver = await Receiver.start(port)
  expect(outcomes(await send(hostOf(home, url)))).toEqual(['sent'])
  expect(receiver.bodies).toHaveLength(1)
})

test('of two sends at once one sends and the other finds nothing left', async () => {
  using home = await grantedHome([addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY])
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const both = await Promise.all([run(home, ['send'], env), run(home, ['send'], env)])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(receiver.bodies).toHaveLength(3)
})

test('a queue file that somebody changed does not leave the machine', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(503)
  const host = hostOf(home, receiver.url)
  await send(host)
  const seen = receiver.bodies.length
  const [file] = listEvents(host, 'queue')
  writeFileSync(file?.path ?? '', readFileSync(file?.path ?? '', 'utf8').replace('"Linux"', '"my secret"'))
  expect(outcomes(await send(host))).toEqual(['rejected'])
  expect(receiver.bodies).toHaveLength(seen)
})

test('an event waits 7 days at most, then it is deleted unsent', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(503)
  await send(hostOf(home, receiver.url))
  const [file] = listEvents(home.host(), 'queue')
  const old = Date.now() / 1000 - 60
  utimesSync(file?.path ?? '', old, old)
  // A clock that leaps by a week would not be believed.
  for (const days of [3, 6]) {
    await send(hostOf(home, receiver.url, { now: () => Date.now() + days * MS_PER_DAY }))
  }
  receiver.answer = takeIt
  const seen = receiver.bodies.length
  await send(hostOf(home, receiver.url, { now: () => Date.now() + 7 * MS_PER_DAY }))
  expect(receiver.bodies).toHaveLength(seen)
  expect(listEvents(home.host(), 'queue')).toEqual([])
  expect(readStatus(home.host())).toMatchObject({ dropped_unsent: 1 })
})

test('the queue holds 100 files at most, and the oldest go first', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  for (let n = 0; n < 103; n++) {
    const path = `.voicemode/telemetry_queue/event_${String(n).padStart(16, '0')}.json`
    home.write(path, '{}')
    utimesSync(join(home.path, path), Date.now() / 1000 - 200 + n, Date.now() / 1000 - 200 + n)
  }
  await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
  const ids = listEvents(home.host(), 'rejected').map(({ eventId }) => Number(eventId))
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n + 3))
  expect(receiver.bodies).toEqual([])
  const { stdout } = await run(home, ['status'])
  expect(stdout.toString()).toMatch(/^Dropped unsent +3 events, the last on \d{4}-\d\d-\d\d: waited 7 days/m)
})

test('a no stops a send that is under way, and leaves no queue, id or secret', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = () => {} // It never answers, so the send hangs until it is stopped.
  const arrived = receiver.nextRequest()
  const sending = start(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
  await arrived
  expect((await run(home, ['disable'])).code).toBe(0)
  const { stdout, code } = await sending.finished
  expect(stdout.toString()).toMatch(/^Nothing sent: you said no \(in voicemode\.env\)/)
  expect(code).toBe(0)
  const host = home.host()
  expect([existsSync(host.directories.queue), readSecret(host), telemetryId(host)]).toEqual([
    false,
    undefined,
    undefined,
  ])
  expect(readReceipt(host)).toMatchObject({ decision: 'denied', channel: 'command' })
  expect(readFileSync(join(home.base, 'voicemode.env'), 'utf8')).toBe('VOICEMODE_TELEMETRY=false\n')
})

test('a sender killed in the middle loses no event and sends it under the same id', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = () => {}
  const arrived = receiver.nextRequest()
  const { child, finished } = start(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url })
  await arrived
  child.kill('SIGKILL')
  await finished
  // The dead sender's lock is told from a living one's by its age.
  const old = Date.now() / 1000 - 60
  utimesSync(join(home.base, 'telemetry.lock'), old, old)
  receiver.answer = takeIt
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
  expect(receiver.bodies[1]).toEqual(receiver.bodies[0])
})

test('a new yes after a no has a new id and tells nothing from before', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const first = telemetryId(home.host())
  await withdrawConsent(home.host(), 'command')
  await grantConsent(home.host(), 'command')
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual([])
  expect(telemetryId(home.host())).not.toBe(first)
  expect(receiver.connections).toBe(0)
})
