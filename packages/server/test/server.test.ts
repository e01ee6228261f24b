import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { dayAt, deriveTelemetryId, SECRET_BYTES, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomOf } from '../../../scripts/scenes/random.ts'
import { eventOf } from './events.ts'
import { httpContract } from './httpContract.ts'
import { leaksIn, WHO } from './leakScan.ts'
import { killServer } from './serverKills.ts'
import { runServer, type ServerProcess, startServer } from './serverProcess.ts'

const NO_ADDRESS_LIMIT = ['--events-per-address-per-hour', '1000000']

httpContract('Node with SQLite', async ({ eventsPerAddressPerHour, adminToken }) => {
  const folder = mkdtempSync(join(tmpdir(), 'http-'))
  const flags = eventsPerAddressPerHour
    ? ['--events-per-address-per-hour', String(eventsPerAddressPerHour)]
    : NO_ADDRESS_LIMIT
  const env: Record<string, string> = adminToken ? { TELEMETRY_ADMIN_TOKEN: adminToken } : {}
  const server = await startServer(join(folder, 'test.db'), flags, env)
  return {
    url: server.url,
    async stop() {
      await server.end()
      rmSync(folder, { recursive: true })
    },
  }
})

describe('the server as a process', () => {
  let folder: string
  let databasePath: string
  const servers: ServerProcess[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'server-'))
    databasePath = join(folder, 'test.db')
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.end('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  async function start(flags = NO_ADDRESS_LIMIT, env = {}): Promise<ServerProcess> {
    const server = await startServer(databasePath, flags, env)
    servers.push(server)
    return server
  }

  const today = dayAt(Date.now())

  function send(url: string, event: TelemetryEvent, headers = {}): Promise<Response> {
    const init = { 'content-type': 'application/json', ...headers }
    return fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(event), headers: init })
  }

  /** Sends new events from many senders at once until the server is gone. */
  async function load(url: string, senders: number, onAcknowledged: (n: number) => void): Promise<string[]> {
    const acknowledged: string[] = []
    let installation = 0
    const sendAll = async () => {
      while (true) {
        const event = await eventOf({ installation: installation++, day: today })
        const answer = await send(url, event).catch(() => undefined)
        if (!answer) return
        expect(answer.status).toBe(200)
        // The status alone acknowledges; the body may be cut off.
        acknowledged.push(event.event_id)
        onAcknowledged(acknowledged.length)
        await answer.text().catch(() => {})
      }
    }
    await Promise.all(Array.from({ length: senders }, sendAll))
    return acknowledged
  }

  function storedIds(): string[] {
    const database = new DatabaseSync(databasePath)
    const rows = database.prepare('SELECT event_id FROM events').all()
    database.close()
    return rows.map((row) => String(row.event_id))
  }

  test('servers killed at random instants leave every acknowledged event in the file, once', async () => {
    const kill = { database: databasePath, kills: 3, writers: 16, random: randomOf(1) }
    const { acknowledged, wrong } = await killServer(kill)
    expect(wrong).toEqual([])
    expect(acknowledged).toBeGreaterThan(0)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s under load loses nothing acknowledged', async (signal) => {
    const server = await start()
    const acknowledged = await load(server.url, 32, (n) => n === 300 && server.process.kill(signal))
    expect(await server.end()).toBe(0)
    const stored = storedIds()
    expect(acknowledged.length).toBeGreaterThanOrEqual(300)
    expect(stored).toEqual(expect.arrayContaining(acknowledged))
    expect(readdirSync(folder)).toEqual(['test.db'])
    expect(server.output()).toBe(`{"url":"${server.url}"}\n`)
  })

  test('an idle connection does not hold up a stop, also that of a terminal that is closed', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true })
    const [answer] = await once(request(`${server.url}/healthz`, { agent }).end(), 'response')
    answer.resume()
    await once(answer, 'end')
    expect(await server.end('SIGHUP')).toBe(0)
    agent.destroy()
  })

  test('without a token only a loopback name in the Host header sees the dashboard and charts', async () => {
    const server = await start()
    const statusFor = async (host: string, path: string) => {
      const [answer] = await once(request(server.url + path, { headers: { host } }).end(), 'response')
      const chunks = await answer.toArray()
      expect(String(Buffer.concat(chunks))).not.toContain(host)
      return answer.statusCode
    }
    for (const path of ['/', '/v1/charts/daily', '/assets/index.js']) {
      expect(await statusFor('evil.example:8787', path), path).toBe(403)
      expect(await statusFor('127.0.0.1.evil.example', path), path).toBe(403)
    }
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:8787']) {
      expect(await statusFor(host, '/v1/charts/daily'), host).toBe(200)
    }
    expect(await statusFor('evil.example', '/healthz')).toBe(200)
    for (const name of ['forwarded', 'via', 'x-forwarded-for']) {
      const proxied = await fetch(`${server.url}/v1/charts/daily`, { headers: { [name]: '1.1 proxy' } })
      expect([name, proxied.status]).toEqual([name, 403])
    }
  })

  test('a session travels over https only, unless the server is reached as this machine', async () => {
    const server = await start(NO_ADDRESS_LIMIT, { TELEMETRY_ADMIN_TOKEN: 'a-token' })
    const cookieFor = async (host: string) => {
      const headers = {
        host,
        origin: `http://${host}`,
        'content-type': 'application/x-www-form-urlencoded',
      }
      const sent = request(`${server.url}/sign-in`, { method: 'POST', headers })
      const [answer] = await once(sent.end('token=a-token'), 'response')
      answer.resume()
      return String(answer.headers['set-cookie'])
    }
    expect(await cookieFor('telemetry.example')).toMatch(/; Secure;/)
    expect(await cookieFor('localhost:8787')).not.toMatch(/Secure/)
  })

  test('a store that is gone is told by health, and an event is to be sent again', async () => {
    const server = await start()
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    const event = await eventOf({ installation: 1, day: today })
    for (const answer of [await send(server.url, event), await fetch(`${server.url}/healthz`)]) {
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await answer.json()).toMatchObject({ type: '/problems/store-unavailable' })
    }
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/_store_up 0$/m)
    expect(server.output()).not.toContain(event.telemetry_id)
    const logged = server.output().trim().split('\n').slice(1)
    const incidents = logged.map((line) => JSON.parse(line))
    expect(incidents.filter(({ event }) => event === 'store-unavailable')).toEqual(
      Array(2).fill({
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        level: 'error',
        event: 'store-unavailable',
        kind: 'missing',
      }),
    )
  })

  test('nothing of an address or a user agent is in the database or in a log, nor a hash of it', async () => {
    const server = await start([...NO_ADDRESS_LIMIT, '--trusted-proxy', '127.0.0.1'])
    const event = await eventOf({ installation: 1, day: today })
    for (const via of [
      { localAddress: WHO['the address of the socket'] },
      { forwardedFor: WHO['the address behind a proxy'] },
      { forwardedFor: WHO['the IPv6 address behind a proxy'] },
    ]) {
      for (const path of ['/v1/events', '/v1/rights/export', '/v1/charts/daily']) {
        const headers = {
          'content-type': 'application/json',
          'user-agent': WHO['the user agent'],
          ...(via.forwardedFor && { 'x-forwarded-for': via.forwardedFor }),
        }
        const localAddress = process.platform === 'linux' ? via.localAddress : undefined
        const method = path.includes('charts') ? 'GET' : 'POST'
        const sent = request(server.url + path, {
          method,
          headers,
          agent: false,
          ...(localAddress && { localAddress }),
        })
        const [answer] = await once(
          sent.end(method === 'POST' ? JSON.stringify(event) : undefined),
          'response',
        )
        await answer.toArray()
      }
    }
    await server.end('SIGKILL')
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
    expect(Buffer.concat(files).includes(event.event_id)).toBe(true)
    expect(leaksIn(Buffer.concat([...files, Buffer.from(server.output())]))).toEqual([])
  })

  test('a deleted installation and its secret are in no file and in no log', async () => {
    const server = await start()
    const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
    const [secret, id] = [Buffer.from(bytes).toString('base64url'), await deriveTelemetryId(bytes)]
    await send(server.url, await eventOf({ installation: id, day: today }))
    const rights = async (right: string) =>
      fetch(`${server.url}/v1/rights/${right}`, {
        method: 'POST',
        body: JSON.stringify({ secret }),
        headers: { 'content-type': 'application/json' },
      })
    expect(await (await rights('export')).text()).toContain(id)
    expect((await rights('delete')).status).toBe(200)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    const kept = [...files, server.output()].join()
    for (const trace of [id, secret, Buffer.from(bytes).toString('hex')]) expect(kept).not.toContain(trace)
  })

  /** Runs the command to its end. */
  async function run(
    args: string[],
    env = {},
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const child = runServer(args, env)
    const written = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk) => {
      written.stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      written.stderr += chunk
    })
    const [exitCode] = await once(child, 'close')
    return { exitCode, ...written }
  }

  test('wrong settings end the start with all of them named', async () => {
    const { exitCode, stdout, stderr } = await run(['--port', 'x', '--nonsense', '--host', '0.0.0.0'])
    expect([exitCode, stdout]).toEqual([2, ''])
    for (const name of ['--port', '--nonsense', '--host', 'TELEMETRY_ADMIN_TOKEN']) {
      expect(stderr).toContain(name)
    }
  })

  test('a port in use and a database that cannot be opened end the start with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const busy = await run(['--port', String(port), '--database', `sqlite:${databasePath}`])
    expect(busy).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('choose another --port') })
    other.close()

    const noDatabase = join(folder, 'text.db')
    writeFileSync(noDatabase, 'This is no database. '.repeat(100))
    for (const path of [noDatabase, join(folder, 'missing', 'test.db'), folder]) {
      const { exitCode, stderr } = await run(['--port', '0', '--database', `sqlite:${path}`])
      expect([exitCode, stderr.trim().split('\n').length], stderr).toEqual([1, 1])
      expect(stderr).toContain('--database')
      expect(stderr).not.toContain(path)
    }
  })

  test('help and version are printed and nothing is started', async () => {
    expect(await run(['--help'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--port') })
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' })
  })
})
