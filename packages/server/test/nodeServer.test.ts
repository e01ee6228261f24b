import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, listen } from '../src/node/nodeServer.ts'
import openApi from '../src/public/openApi.json' with { type: 'json' }
import { createAnswerCheck } from './answerCheck.ts'
import { startServer } from './serverProcess.ts'

interface Conversation {
  socket: Socket
  /** All that the server said until it closed. */
  heard: Promise<string>
}

function open(url: string): Conversation {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  return { socket, heard: once(socket, 'close').then(() => text) }
}

/** The answers on one connection, each as its status and the type of its problem. */
function answersIn(heard: string): string[] {
  return heard
    .split(/(?=HTTP\/1\.1 )/)
    .map((answer) =>
      `${answer.slice(9, 12)} ${/"type":"\/problems\/([^"]+)"/.exec(answer)?.[1] ?? ''}`.trim(),
    )
}

/** What in a lone refusal is not as it is described of any route. */
function complaintsAbout(heard: string): string[] {
  const [head = '', body = ''] = heard.split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  return createAnswerCheck(openApi).complaintsAbout({
    ...{ method: 'GET', path: '/', status: Number(status.split(' ')[1]), body },
    headers: new Headers(lines.map((line) => line.split(': ') as [string, string])),
  })
}

const HEAD = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n'

describe('a server on a socket', () => {
  let server: Listening
  /** Lets the answers to `/slow` go. */
  let release: () => void
  beforeEach(async () => {
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const app = new Hono()
    app.get('/', (context) => context.text('well'))
    app.get('/slow', async (context) => {
      await released
      return context.text('late')
    })
    app.post('/echo', async (context) => context.text(await context.req.text().catch(() => 'gone')))
    app.post('/unread', (context) => context.text('unread'))
    const patience = { headersMs: 1000, requestMs: 1000, checkEveryMs: 100 }
    server = await listen(app, { host: '127.0.0.1', port: 0 }, { patience })
  })
  afterEach(() => server.stop())

  test('nobody is let in as a visitor from this machine without saying its name', async () => {
    const reached = await startServer(':memory:')
    for (const [version, host, status] of [
      ['1.0', undefined, 403],
      ['1.1', '', 403],
      ['1.1', '127.1', 403],
      ['1.0', 'localhost', 200],
    ] as const) {
      const { socket, heard } = open(reached.url)
      const headers = host === undefined ? [] : [`Host: ${host}`]
      socket.write(
        [`GET /v1/charts/daily HTTP/${version}`, ...headers, 'Connection: close', '', ''].join('\r\n'),
      )
      expect((await heard).slice(9, 12), `${version} ${host}`).toBe(String(status))
    }
    await reached.end()
  })

  test('whoever sends headers or body too slowly is cut off, and others are served meanwhile', async () => {
    const clients = [
      ['GET / HTTP/1.1\r\n', ''],
      [`${HEAD}X-Slow: `, 'x'],
      [`${HEAD}Content-Length: 100\r\n\r\nhalf`, ''],
      [`${HEAD}Content-Length: 1000000\r\n\r\n`, 'x'],
      [`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'],
    ].map(([beginning = '', drop = '']) => {
      const client = open(server.url)
      client.socket.write(beginning)
      return { ...client, drop }
    })
    do {
      for (const { socket, drop } of clients) if (socket.writable) socket.write(drop)
      expect(await (await fetch(server.url)).text()).toBe('well')
    } while (clients.some(({ socket }) => !socket.destroyed))
    for (const { heard } of clients) {
      expect(answersIn(await heard)).toEqual(['408 too-slow'])
      expect(complaintsAbout(await heard)).toEqual([])
    }
  })

  test('who takes the server for a proxy is refused in the same form', async () => {
    const { socket, heard } = open(server.url)
    socket.write('CONNECT telemetry.example:443 HTTP/1.1\r\nHost: telemetry.example\r\n\r\nhello')
    expect(answersIn(await heard)).toEqual(['400 malformed-request'])
    expect(complaintsAbout(await heard)).toEqual([])
  })

  test('a request that was answered keeps its answer when nonsense comes behind it', async () => {
    const { socket, heard } = open(server.url)
    socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n')
    await fetch(server.url)
    release()
    const text = await heard
    expect(answersIn(text)).toEqual(['200', '400 malformed-request'])
    expect(text).toContain('late')
  })

  test('a request is answered once, also when its body breaks after the answer', async () => {
    const { socket, heard } = open(server.url)
    socket.write(`${HEAD.replace('echo', 'unread')}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
    await once(socket, 'data')
    socket.write('nonsense\r\n')
    expect(answersIn(await heard)).toEqual(['200'])
  })

  test('whoever asks in HTTP/1.0 needs no host, and any host that HTTP allows is taken', async () => {
    for (const method of ['GET', 'HEAD']) {
      for (const [version, ...headers] of [
        ['1.0'],
        ['1.0', 'Host: localhost'],
        ['1.1', 'Host:'],
        ['1.1', 'Host: a_backend:80'],
        ['1.1', 'Host: [0:0:0:0:0:0:0:1]:8787'],
        ['1.1', 'Host: 127.1'],
        ['1.1', 'Host: UPPER.example:'],
        ['1.1', 'Host: a%20b:99999'],
      ]) {
        const { socket, heard } = open(server.url)
        socket.write([`${method} / HTTP/${version}`, ...headers, 'Connection: close', '', ''].join('\r\n'))
        expect(answersIn(await heard), `${method} ${version} ${headers}`).toEqual(['200'])
      }
    }
  })

  test('an expectation that nobody knows is ignored, and in HTTP/1.1 a request without a host is refused', async () => {
    const { socket, heard } = open(server.url)
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n')
    socket.write('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(answersIn(await heard)).toEqual(['200', '400 malformed-request'])
  })
})

test('what is no HTTP is refused as a problem, the connection is closed and nothing is logged', async () => {
  const server = await startServer(':memory:')
  const CANARY = 'canary4711'
  for (const [sent, expected] of [
    [`${CANARY}\r\n\r\n`, '400 malformed-request'],
    [`GET /${CANARY} HTTP/9.9\r\n\r\n`, '400 malformed-request'],
    [`GET / HTTP/1.1\r\nHost: ${CANARY}\r\n${CANARY}\r\n\r\n`, '400 malformed-request'],
    [`GET / HTTP/1.1\r\nHost: [${CANARY}\r\nConnection: close\r\n\r\n`, '400 malformed-request'],
    [`GET ${CANARY} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, '400 malformed-request'],
    [`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${CANARY}\r\n\r\n`, '400 malformed-request'],
    [
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      '400 malformed-request',
    ],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${CANARY.repeat(2000)}\r\n\r\n`, '431 headers-too-large'],
    [
      `${HEAD.replace('echo', 'v1/events').replace('text/plain', 'application/json')}Transfer-Encoding: chunked\r\n\r\n${CANARY}\r\n`,
      '400 malformed-request',
    ],
  ] as const) {
    const { socket, heard } = open(server.url)
    socket.write(sent)
    const text = await heard
    expect(answersIn(text), sent.slice(0, 60)).toEqual([expected])
    expect(complaintsAbout(text)).toEqual([])
    expect(text).toMatch(/^content-type: application\/problem\+json\r$/im)
    expect(text).toMatch(/^connection: close\r$/im)
    expect(text).not.toContain(CANARY)
  }
  const { socket } = open(server.url)
  await once(socket, 'connect')
  socket.write(HEAD)
  socket.resetAndDestroy()
  await server.end()
  expect(server.output()).toBe(`{"url":"${server.url}"}\n`)
})
