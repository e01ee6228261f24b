import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { Receiver } from './receiver.ts'

/** A key and a certificate for localhost that signs itself; made for tests, and worth nothing elsewhere. */
const CERTIFICATE = fileURLToPath(new URL('./fixtures/localhost.pem', import.meta.url))

async function listening<S extends Server>(server: S) {
  const sockets: Socket[] = []
  server.on('connection', (socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A telemetry server with a certificate, and the variables of a client that trusts it. */
async function startServer() {
  const pem = readFileSync(CERTIFICATE)
  const server = createTlsServer({ key: pem, cert: pem }, async (request, response) => {
    const { event_id } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'ok', event_id }))
  })
  const listens = await listening(server)
  const env = {
    VOICEMODE_TELEMETRY_ENDPOINT: `https://localhost:${listens.port}`,
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
  }
  return { env, ...listens }
}

/** A proxy that connects to every target, or answers every request with a status. */
async function startProxy(status = 200) {
  const asked: IncomingMessage[] = []
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request)
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const port = Number(request.url?.split(':')[1])
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    for (const each of [socket, target]) each.on('error', () => {})
  })
  return { asked, ...(await listening(server)) }
}

async function closedPort(): Promise<number> {
  await using receiver = await Receiver.start()
  return receiver.port
}

test.each<[string, (proxy: string) => Record<string, string>]>([
  ['a URL', (proxy) => ({ HTTPS_PROXY: `http://${proxy}` })],
  ['no scheme', (proxy) => ({ HTTPS_PROXY: proxy })],
  ['an empty variable beside it', (proxy) => ({ HTTPS_PROXY: '', https_proxy: proxy })],
  ['a variable for all schemes', (proxy) => ({ ALL_PROXY: proxy })],
  ['other ranges exempt', (proxy) => ({ HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8,example.org' })],
])('an event goes through the proxy: %s', async (_, variables) => {
  using home = await grantedHome()
  await using server = await startServer()
  await using proxy = await startProxy()
  const sent = await run(home, ['send'], { ...server.env, ...variables(`127.0.0.1:${proxy.port}`) })
  expect(sent.stdout.toString()).toMatch(/ sent$/m)
  expect(proxy.asked.map(({ url }) => url)).toEqual([`localhost:${server.port}`])
})

test('user and password go to the proxy, and are neither shown nor remembered', async () => {
  using home = await grantedHome()
  await using server = await startServer()
  await using proxy = await startProxy()
  const env = { ...server.env, HTTPS_PROXY: `SOME\\some%20user:100%p@ss@127.0.0.1:${proxy.port}` }
  await run(home, ['send'], env)
  const [scheme, pair = ''] = proxy.asked[0]?.headers['proxy-authorization']?.split(' ') ?? []
  expect([scheme, Buffer.from(pair, 'base64').toString()]).toEqual(['Basic', 'SOME\\some user:100%p@ss'])
  const shown = (await run(home, ['status'], env)).stdout.toString()
  expect(shown).toMatch(new RegExp(`^Proxy +http://127\\.0\\.0\\.1:${proxy.port}$`, 'm'))
  expect(shown + readFileSync(`${home.base}/telemetry_state.json`, 'utf8')).not.toMatch(/some|p%40ss|p@ss/i)
})

test('status says when the last send used another proxy than is set now', async () => {
  using home = await grantedHome()
  await using server = await startServer()
  await using proxy = await startProxy()
  const status = async (variables: Record<string, string>) =>
    (await run(home, ['status'], { ...server.env, ...variables })).stdout.toString()
  const used = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` }
  expect(await status({})).not.toMatch(/Proxy/)
  await run(home, ['send'], { ...server.env, ...used })
  expect(await status(used)).not.toMatch(/last send used/)
  expect(await status({})).toMatch(
    new RegExp(`^Proxy +none is set here\\. The last send used http://127\\.0\\.0\\.1:${proxy.port}:`, 'm'),
  )
})

test.each<[string, RegExp, () => Promise<string>]>([
  [
    'it knows no proxy of this kind',
    /proxy unusable: ALL_PROXY must name/,
    async () => 'socks5://127.0.0.1:1',
  ],
  ['its host is missing', /proxy unusable: ALL_PROXY must name/, async () => 'http://'],
  ['its host is not known', /proxy not reached: .*ALL_PROXY/, async () => 'http://nobody.invalid:1'],
  ['nothing answers there', /proxy not reached: .*ALL_PROXY/, async () => `127.0.0.1:${await closedPort()}`],
])('that the proxy failed and not the server is said: %s', async (_, expected, proxy) => {
  using home = await grantedHome()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://nobody.invalid', ALL_PROXY: await proxy() }
  const { stdout, code } = await run(home, ['send'], env)
  expect([code, stdout.toString()]).toEqual([1, expect.stringMatching(expected)])
})

test('a proxy that asks for a password is said to have refused', async () => {
  using home = await grantedHome()
  await using proxy = await startProxy(407)
  const env = {
    VOICEMODE_TELEMETRY_ENDPOINT: 'https://nobody.invalid',
    HTTPS_PROXY: `127.0.0.1:${proxy.port}`,
  }
  expect((await run(home, ['send'], env)).stdout.toString()).toMatch(/queued: proxy refused: .*HTTPS_PROXY/)
})
