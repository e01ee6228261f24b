import { once } from 'node:events'
import { connect } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import { addDays, encodeEvent, MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConnection } from '../../../scripts/fuzz/connection.ts'
import { anyRequest, createEvents } from '../../../scripts/fuzz/requests.ts'
import { randomOf } from '../../../scripts/scenes/random.ts'
import { createApp } from '../src/app.ts'
import type { TakeEvent } from '../src/ingest/addEvents.ts'
import type { LimitVerdict } from '../src/limits/ipAddressLimiter.ts'
import { createIpAddressFinder, type Listening, listen } from '../src/node/nodeServer.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { testHost } from './testHost.ts'

/** What IP addresses are told. */
let limit: () => Promise<LimitVerdict> = async () => ({ outcome: 'within' })
/** The same server twice: one that takes events straight from its sockets, and one that leads all through the app. */
let servers: Listening[]
let takenDirectly = 0
let closeStores: () => Promise<unknown>

beforeAll(async () => {
  const host = { ...testHost(() => NOON), randomBytes: (length: number) => new Uint8Array(length) }
  const drivers = [openSqlite(':memory:'), openSqlite(':memory:')]
  await Promise.all(drivers.map((driver) => migrate(driver)))
  const stores = drivers.map((driver) => createSqlStore({ driver, host, eventsPerIdPerHour: 10 }))
  closeStores = () => Promise.all(stores.map((store) => store.close()))
  servers = await Promise.all(
    stores.map((store, n) => {
      const ipAddressOf = createIpAddressFinder([], () => {})
      const limiter = { take: () => limit() }
      const { app, takeEvent } = createApp({
        ...{ store, host, retentionDays: 90, ipAddresses: limiter, attempts: limiter, inBackground: true },
        access: { by: 'loopback' },
        ipAddressOf: (context) => ipAddressOf((context.env as HttpBindings).incoming),
      })
      const at = { host: '127.0.0.1', port: 0 }
      const patience = { headersMs: 60_000, requestMs: 60_000, checkEveryMs: 60_000 }
      const takeDirectly: TakeEvent = (...given) => {
        takenDirectly++
        return takeEvent(...given)
      }
      const events = n === 0 ? { takeEvent: takeDirectly, ipAddressOf } : undefined
      return listen(app, at, { patience, events })
    }),
  )
})
afterAll(() => Promise.all(servers.map((server) => server.stop())))

const withoutDate = (text: string) => text.replaceAll(/^date: .*$/gim, (line) => line.slice(0, 10))

/** All that each server says to the same bytes, until it closes. */
async function tell(sent: string): Promise<string[]> {
  const heard = servers.map(async ({ url }) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.write(sent, 'latin1')
    await once(socket, 'close')
    return withoutDate(text)
  })
  return Promise.all(heard)
}

/** Tells both servers, expects the same words of them and these statuses. */
async function expectSame(sent: string, statuses: string): Promise<void> {
  const [direct = '', ofApp] = await tell(sent)
  expect(direct, sent.slice(0, 300)).toBe(ofApp)
  const had = [...direct.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)
  expect(had.join(' '), sent.slice(0, 300)).toBe(statuses)
}

interface Draft {
  target?: string
  version?: string
  headers?: string[]
  length?: number | undefined
  ends?: boolean
}

function requestOf(body: string, draft: Draft = {}): string {
  const { target = '/v1/events', version = '1.1', headers = JSON_TYPE, ends = true } = draft
  const length = 'length' in draft ? draft.length : Buffer.byteLength(body, 'latin1')
  const lines = [
    ...[`POST ${target} HTTP/${version}`, ...(version === '1.1' ? ['Host: localhost'] : []), ...headers],
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
    ...(ends ? ['Connection: close'] : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

const JSON_TYPE = ['Content-Type: application/json']

test('an event is answered straight from its socket as the app answers it, byte for byte but for the time', async () => {
  const event = await eventOf({ installation: 1 })
  const body = encodeEvent(event)
  const other = async (n: number) => encodeEvent(await eventOf({ installation: n }))
  const withHeaders = (...headers: string[]) => requestOf(body, { headers: [...JSON_TYPE, ...headers] })
  const chunked = (size: string) => `${size}\r\n${body}\r\n0\r\n\r\n`
  const hex = body.length.toString(16)

  await expectSame(requestOf(body), '200')
  await expectSame(requestOf(body), '200')
  await expectSame(requestOf(JSON.stringify(event)), '200')
  await expectSame(requestOf(body, { ends: false }) + requestOf(body), '200 200')
  await expectSame(`${requestOf(body, { ends: false })}nonsense\r\n\r\n`, '200 400')
  await expectSame(requestOf(body, { version: '1.0' }), '200')
  await expectSame(requestOf(body, { version: '1.0', ends: false }), '200')
  for (const target of ['/v1/events?x', '/v1/events/', '/v1/events#x', '/V1/events', '//v1/events']) {
    await expectSame(
      requestOf(body, { target }),
      target.includes('events?') || target.includes('#') ? '200' : '404',
    )
  }
  await expectSame(requestOf(body, { target: 'http://elsewhere.example/v1/events' }), '200')
  await expectSame(requestOf(body).replace('POST', 'HEAD'), '405')
  await expectSame(requestOf(body).replace('POST', 'PUT'), '405')
  await expectSame(requestOf(body).replace('Host: localhost\r\n', ''), '400')
  await expectSame(requestOf(body).replace('Host: localhost', 'Host: [no'), '400')
  await expectSame(requestOf(body).replace('Host: localhost', 'Host:'), '200')
  for (const header of ['DNT', 'dnt', 'Sec-GPC', 'Dnt']) {
    await expectSame(withHeaders(`${header}: 1`), '204')
    await expectSame(withHeaders(`${header}: 0`, `${header}:1`), '204')
    await expectSame(withHeaders(`${header}: 0 , 1 , x`), '204')
    await expectSame(withHeaders(`${header}: 10`, `${header}:`), '200')
  }
  await expectSame(withHeaders('Content-Type: application/json'), '415')
  await expectSame(requestOf(body, { headers: ['content-TYPE: Application/JSON ; charset="UTF-8"'] }), '200')
  await expectSame(requestOf(body, { headers: [] }), '415')
  await expectSame(withHeaders('Content-Encoding: identity'), '200')
  await expectSame(withHeaders('Content-Encoding: identity', 'Content-Encoding: identity'), '415')
  await expectSame(withHeaders('Content-Encoding: gzip'), '415')
  await expectSame(withHeaders('Expect: 100-continue'), '100 200')
  await expectSame(withHeaders('Expect: wonders'), '200')
  await expectSame(withHeaders('Upgrade: websocket', 'Connection: upgrade'), '200')
  await expectSame(withHeaders('X-Forwarded-For: 192.0.2.1', 'Via: 1.1 proxy'), '200')
  await expectSame(requestOf(body.padEnd(MAX_EVENT_BYTES)), '200')
  await expectSame(requestOf(body.padEnd(MAX_EVENT_BYTES + 1)), '413')
  await expectSame(requestOf('', { length: undefined }), '400')
  await expectSame(requestOf('', { length: 0 }), '400')
  for (const wrong of ['{', 'null', '[]', '"\xff"', `\xef\xbb\xbf${body}x`, `${body}\0`]) {
    await expectSame(requestOf(wrong), wrong === 'null' || wrong === '[]' ? '422' : '400')
  }
  await expectSame(requestOf(`\xef\xbb\xbf${body}`), '200')
  await expectSame(requestOf(body.replace('{', '{"more":1,')), '422')
  await expectSame(requestOf(body.replace(event.event_id, '0123456789abcdef')), '422')
  for (const days of [2, -91]) {
    const late = encodeEvent(await eventOf({ installation: 2, day: addDays(TODAY, days) }))
    await expectSame(requestOf(late), '422')
  }
  const framed = (text: string) =>
    requestOf(text, { headers: [...JSON_TYPE, 'Transfer-Encoding: chunked'], length: undefined })
  await expectSame(framed(chunked(hex)), '200')
  await expectSame(
    framed(`${(MAX_EVENT_BYTES + 1).toString(16)}\r\n${' '.repeat(MAX_EVENT_BYTES + 1)}\r\n0\r\n\r\n`),
    '413',
  )
  await expectSame(framed('nonsense\r\n'), '400')
  for (let hour = 0; hour < 12; hour++) {
    await expectSame(
      requestOf(encodeEvent(await eventOf({ installation: 3, hour }))),
      hour < 10 ? '200' : '429',
    )
  }

  for (const { url } of servers) {
    const gone = connect(Number(new URL(url).port), '127.0.0.1')
    gone.write(requestOf(body.slice(0, 100), { length: body.length }), () => gone.resetAndDestroy())
    await once(gone, 'close')
  }
  // Whoever is answered before all of the body has come is cut off.
  await expectSame(requestOf('{', { headers: [...JSON_TYPE, 'DNT: 1'], length: 100, ends: false }), '204')
  limit = async () => ({ outcome: 'limited', retryAfterSeconds: 7 })
  await expectSame(requestOf(body), '429')
  limit = () => Promise.reject(new TypeError('a mistake'))
  await expectSame(requestOf(body), '500')
  limit = async () => ({ outcome: 'within' })

  const connections = servers.map(({ url }) => createConnection(Number(new URL(url).port)))
  const random = randomOf(1)
  const events = await createEvents(TODAY)
  for (let n = 0; n < 10_000; n++) {
    const request = anyRequest(random, events)
    if (request.isBroken || !/^\S* \S*events(?!\/test)/i.test(request.bytes.toString('latin1'))) continue
    const [direct, ofApp] = await Promise.all(connections.map((connection) => connection.send(request)))
    expect(withoutDate(direct?.text ?? ''), request.bytes.toString('latin1')).toBe(
      withoutDate(ofApp?.text ?? ''),
    )
  }
  expect(takenDirectly).toBeGreaterThan(100)
  for (const connection of connections) connection.end()

  await closeStores()
  await expectSame(requestOf(await other(4)), '503')
})
