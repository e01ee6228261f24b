import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { addDays, type Day, MS_PER_DAY, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { readReceipt, readSecret } from '../src/consent/record.ts'
import type { HostOptions } from '../src/createHost.ts'
import type { Host } from '../src/host.ts'
import { grantConsent, telemetryId } from '../src/index.ts'
import { listEvents } from '../src/queue/queue.ts'
import { withdrawConsent } from '../src/rights/withdraw.ts'
import { type SendReport, sendDue } from '../src/send/send.ts'
import { run, start } from './commandLine.ts'
import { ENVIRONMENT, exchangeLine, Home, USED_DAY } from './logs.ts'
import { answerWith, Receiver, takeIt } from './receiver.ts'

const LONG_AGO = Date.now() - 20 * MS_PER_DAY

/** A home in which a person said yes long ago. */
async function grantedHome(days: Day[] = [USED_DAY]): Promise<Home> {
  const home = new Home()
  await grantConsent(home.host({ now: () => LONG_AGO }), 'command')
  useOn(home, days)
  return home
}

function useOn(home: Home, days: Day[]): void {
  home.writeLogs({
    conversations: new Map(
      days.map((day) => [`exchanges_${day}.jsonl`, [exchangeLine({ at: `${day}T10:00:00Z` })]]),
    ),
    events: new Map(),
  })
}

function hostOf(home: Home, url: string, options: HostOptions = {}): Host {
  return home.host({ env: { VOICEMODE_TELEMETRY_ENDPOINT: url }, ...options })
}

function send(host: Host): Promise<SendReport> {
  return sendDue(host, { environment: ENVIRONMENT })
}

function outcomes(report: SendReport): string[] {
  return report.outcome === 'done' ? report.events.map(({ outcome }) => outcome) : [report.why]
}

test('preview, queue file, request body and history file are the same bytes', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const previewed = await run(home, ['preview', '--day', USED_DAY], env)

  receiver.answer = answerWith(503)
  expect((await run(home, ['send'], env)).code).toBe(1)
  const queue = join(home.base, 'telemetry_queue')
  const [name = ''] = readdirSync(queue)
  const queued = readFileSync(join(queue, name))
  const previewedQueued = await run(home, ['preview', '--day', USED_DAY], env)

  receiver.answer = takeIt
  expect((await run(home, ['send'], env)).code).toBe(0)
  const kept = readFileSync(join(home.base, 'logs/telemetry/sent', name))
  const history = await run(home, ['history', '--day', USED_DAY], env)

  expect(readdirSync(queue)).toEqual([])
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
  expect(down.stdout.toString()).toMatch(/queued: the server could not be reached/)
  expect(down.code).toBe(1)
  await using receiver = await Receiver.start(port)
  expect(outcomes(await send(hostOf(home, url)))).toEqual(['sent'])
  expect(receiver.bodies).toHaveLength(1)
})

test('an answer that was lost is asked for again with the same bytes', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = (response, body, nth, request) =>
    nth === 1 ? request.socket.destroy() : takeIt(response, body, nth, request)
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
  expect(receiver.bodies[1]).toEqual(receiver.bodies[0])
})

test('of two sends at once one sends and the other finds nothing left', async () => {
  using home = await grantedHome([addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY])
  await using receiver = await Receiver.start()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }
  const both = await Promise.all([run(home, ['send'], env), run(home, ['send'], env)])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(receiver.bodies).toHaveLength(3)
})

test.each([408, 429, 500, 503])('%d is tried again later', async (status) => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(status)
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['queued'])
  expect(receiver.bodies.length).toBeGreaterThan(1)
})

test('Retry-After is obeyed also by the next send', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(429, { 'retry-after': '3600' })
  const now = Date.now()
  expect(outcomes(await send(hostOf(home, receiver.url, { now: () => now })))).toEqual(['queued'])
  receiver.answer = takeIt
  expect(outcomes(await send(hostOf(home, receiver.url, { now: () => now + 3_599_000 })))).toEqual([
    'the server asked to wait',
  ])
  expect(receiver.bodies).toHaveLength(1)
  expect(outcomes(await send(hostOf(home, receiver.url, { now: () => now + 3_600_000 })))).toEqual(['sent'])
})

test.each([400, 401, 404, 413, 422])(
  '%d is final: the event is kept beside the reason and not sent again',
  async (status) => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    const problems = [{ field: 'usage', expected: '\u001b[31ma plain text' }]
    receiver.answer = answerWith(
      status,
      { 'content-type': 'application/problem+json' },
      JSON.stringify({ type: '/problems/x', problems }),
    )
    const host = hostOf(home, receiver.url)
    expect(outcomes(await send(host))).toEqual(['rejected'])
    expect(outcomes(await send(host))).toEqual([])
    expect(receiver.bodies).toHaveLength(1)
    const [file] = listEvents(host, 'rejected')
    expect(readFileSync(file?.path ?? '')).toEqual(receiver.bodies[0])
    const reason = JSON.parse(readFileSync((file?.path ?? '').replace('.json', '.reason.json'), 'utf8'))
    expect(reason).toEqual({
      status,
      type: '/problems/x',
      problems: [{ field: 'usage', expected: '[31ma plain text' }],
    })
  },
)

test.each([
  [302, { location: 'http://127.0.0.1:1/' }],
  [200, { 'content-type': 'text/html; charset=utf-8' }],
])('an answer of %d that is no telemetry server keeps the event', async (status, headers) => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(status, headers as Record<string, string>, '<html>')
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['queued'])
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
  const old = Date.now() / 1000 - 7 * 86_400 - 60
  utimesSync(file?.path ?? '', old, old)
  receiver.answer = takeIt
  const seen = receiver.bodies.length
  await send(hostOf(home, receiver.url, { now: () => Date.now() + 7 * MS_PER_DAY }))
  expect(receiver.bodies).toHaveLength(seen)
  expect(listEvents(home.host(), 'queue')).toEqual([])
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

test.each(['http://telemetry.example', 'ftp://127.0.0.1/', 'not a url', 'https://me:pw@telemetry.example'])(
  'the endpoint %s is refused, and nothing is sent',
  async (endpoint) => {
    using home = await grantedHome()
    const { stdout, code } = await run(home, ['send'], { VOICEMODE_TELEMETRY_ENDPOINT: endpoint })
    expect(stdout.toString()).toMatch(/must be an https URL, or an http URL of this machine/)
    expect(code).toBe(1)
    expect(existsSync(join(home.base, 'telemetry_queue'))).toBe(false)
  },
)

test("a project's file cannot name the endpoint", async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  home.write('project/.voicemode.env', `VOICEMODE_TELEMETRY_ENDPOINT=${receiver.url}\n`)
  // VoiceMode hands on what a project's file says, in the environment.
  for (const env of [{}, { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url }]) {
    const { stdout } = await run(home, ['send'], env, join(home.path, 'project'))
    expect(stdout.toString()).toMatch(/VOICEMODE_TELEMETRY_ENDPOINT is not set/)
  }
  expect(receiver.connections).toBe(0)
})

test.each<[string, Record<string, string>, boolean]>([
  ['HTTPS_PROXY is used', {}, true],
  ['NO_PROXY takes its hosts from it', { NO_PROXY: 'example.com,localhost' }, false],
])('%s', async (_, env, isUsed) => {
  using home = await grantedHome()
  const asked: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const gone = await Receiver.start()
  const target = `localhost:${gone.port}`
  await gone[Symbol.asyncDispose]()
  try {
    const { stdout } = await run(home, ['send'], {
      VOICEMODE_TELEMETRY_ENDPOINT: `https://${target}`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      ...env,
    })
    expect(stdout.toString()).toMatch(/queued: the server could not be reached/)
    expect([...new Set(asked)]).toEqual(isUsed ? [target] : [])
  } finally {
    proxy.close()
  }
})
