import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listEvents } from '../src/queue/queue.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { answerWith, Receiver, takeIt } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

test('an answer that was lost is asked for again with the same bytes', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = (response, body, nth, request) =>
    nth === 1 ? request.socket.destroy() : takeIt(response, body, nth, request)
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
  expect(receiver.bodies[1]).toEqual(receiver.bodies[0])
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
  [403, { 'content-type': 'text/html' }],
  [404, { 'content-type': 'application/problem+json' }],
])('an answer of %d that is no telemetry server keeps the event', async (status, headers) => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(status, headers as Record<string, string>, '<html>')
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['queued'])
})

test.each([
  [{ status: 'ok' }, 'sent'],
  [{ status: 'ok', event_id: '0123456789abcdef' }, 'queued'],
  [{ status: 'ok', service: 'gateway', uptime: 3 }, 'queued'],
  [{ status: 'error' }, 'queued'],
])('after the answer %j the event is %s', async (answer, outcome) => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = answerWith(200, { 'content-type': 'application/json' }, JSON.stringify(answer))
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual([outcome])
})

test('a later server may say more beside the id of the event', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = (response, body) => {
    const { event_id } = JSON.parse(String(body))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ status: 'ok', event_id, later: 1 }))
  }
  expect(outcomes(await send(hostOf(home, receiver.url)))).toEqual(['sent'])
})

test('an event that a server is too old for waits until the server is updated', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const type = { 'content-type': 'application/problem+json' }
  receiver.answer = answerWith(422, type, JSON.stringify({ type: '/problems/unknown-fields' }))
  const host = hostOf(home, receiver.url)
  const report = await send(host)
  expect(report).toMatchObject({ events: [{ why: 'the server is too old for this event' }] })
  receiver.answer = takeIt
  expect(outcomes(await send(host))).toEqual(['sent'])
  expect(receiver.bodies.at(-1)).toEqual(receiver.bodies[0])
})

test.each([
  [404, 'not-found'],
  [405, 'method-not-allowed'],
])(
  'where the path of the endpoint is wrong (%d), the event waits until it is right',
  async (status, type) => {
    using home = await grantedHome()
    await using receiver = await Receiver.start()
    const headers = { 'content-type': 'application/problem+json' }
    receiver.answer = answerWith(status, headers, JSON.stringify({ type: `/problems/${type}` }))
    const host = hostOf(home, receiver.url)
    const remedy = 'Check the path in VOICEMODE_TELEMETRY_ENDPOINT'
    expect(await send(host)).toMatchObject({ events: [{ outcome: 'queued', remedy }] })
    receiver.answer = takeIt
    expect(outcomes(await send(host))).toEqual(['sent'])
  },
)

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
    expect(stdout.toString()).toMatch(isUsed ? /queued: proxy refused/ : /queued: refused/)
    expect([...new Set(asked)]).toEqual(isUsed ? [target] : [])
  } finally {
    proxy.close()
  }
})
