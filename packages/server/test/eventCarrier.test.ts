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
import { StoreUnavailable } from '../src/store/store.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { testHost } from './testHost.ts'

/** What IP addresses are told. */
let limit: () => Promise<LimitVerdict> = async () => ({ outcome: 'within' })
/** The same server twice: one that takes events straight from its sockets, and one that leads all through the app. */
let servers: Listening[]
let takenDirectly = 0

beforeAll(async () => {
  const host = { ...testHost(() => NOON), randomBytes: (length: number) => new Uint8Array(length) }
  const drivers = [openSqlite(':memory:'), openSqlite(':memory:')]
  await Promise.all(drivers.map((driver) => migrate(driver)))
  servers = await Promise.all(
    drivers.map((driver, n) => {
      const store = createSqlStore({ driver, host, eventsPerIdPerHour: 10 })
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
  const late = await Promise.all(
    [2, -91].map((days) => eventOf({ installation: 2, day: addDays(TODAY, days) })),
  )
  const hourly = await Promise.all(
    Array.from({ length: 12 }, (_, hour) => eventOf({ installation: 3, hour })),
  )
  const withHeaders = (...headers: string[]) => requestOf(body, { headers: [...JSON_TYPE, ...headers] })
  const chunked = (text: string) =>
    requestOf(text, { headers: [...JSON_TYPE, 'Transfer-Encoding: chunked'], length: undefined })
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`

  const sent: [request: string, statuses: string][] = [
    [requestOf(body), '200'],
    [requestOf(body), '200'],
    [requestOf(JSON.stringify(event)), '200'],
    [requestOf(body, { ends: false }) + requestOf(body), '200 200'],
    [`${requestOf(body, { ends: false })}nonsense\r\n\r\n`, '200 400'],
    [requestOf(body, { version: '1.0' }), '200'],
    [requestOf(body, { version: '1.0', ends: false }), '200'],
    [requestOf(body, { target: '/v1/events?x' }), '200'],
    [requestOf(body, { target: '/v1/events#x' }), '200'],
    [requestOf(body, { target: 'http://elsewhere.example/v1/events' }), '200'],
    [requestOf(body, { target: '/v1/events/' }), '404'],
    [requestOf(body, { target: '//v1/events' }), '404'],
    [requestOf(body, { target: '/V1/events' }), '404'],
    [requestOf(body).replace('POST', 'HEAD'), '405'],
    [requestOf(body).replace('POST', 'PUT'), '405'],
    [requestOf(body).replace('Host: localhost\r\n', ''), '400'],
    [requestOf(body).replace('Host: localhost', 'Host: [no'), '400'],
    [requestOf(body).replace('Host: localhost', 'Host:'), '200'],
    ...['DNT', 'sec-gpc'].flatMap((name): [string, string][] => [
      [withHeaders(`${name}: 1`), '204'],
      [withHeaders(`${name}: 0`, `${name}:1`), '204'],
      [withHeaders(`${name}: 0 , 1 , x`), '204'],
      [withHeaders(`${name}: 10`, `${name}:`), '200'],
    ]),
    [withHeaders('Content-Type: application/json'), '415'],
    [requestOf(body, { headers: ['content-TYPE: Application/JSON ; charset="UTF-8"'] }), '200'],
    [requestOf(body, { headers: [] }), '415'],
    [withHeaders('Content-Encoding: identity'), '200'],
    [withHeaders('Content-Encoding: identity', 'Content-Encoding: identity'), '415'],
    [withHeaders('Content-Encoding: gzip'), '415'],
    [withHeaders('Expect: 100-continue'), '100 200'],
    [withHeaders('Expect: wonders'), '200'],
    [withHeaders('Upgrade: websocket', 'Connection: upgrade'), '200'],
    [withHeaders('X-Forwarded-For: 192.0.2.1', 'Via: 1.1 proxy'), '200'],
    [requestOf(body.padEnd(MAX_EVENT_BYTES)), '200'],
    [requestOf(body.padEnd(MAX_EVENT_BYTES + 1)), '413'],
    [requestOf('', { length: undefined }), '400'],
    [requestOf('', { length: 0 }), '400'],
    ...['{', '"\xff"', `\xef\xbb\xbf${body}x`, `${body}\0`].map((text): [string, string] => [
      requestOf(text),
      '400',
    ]),
    [requestOf(`\xef\xbb\xbf${body}`), '200'],
    [requestOf('null'), '422'],
    [requestOf('[]'), '422'],
    [requestOf(body.replace('{', '{"more":1,')), '422'],
    [requestOf(body.replace(event.event_id, '0123456789abcdef')), '422'],
    ...late.map((each): [string, string] => [requestOf(encodeEvent(each)), '422']),
    ...hourly.map((each, n): [string, string] => [requestOf(encodeEvent(each)), n < 10 ? '200' : '429']),
    [chunked(chunk(body)), '200'],
    [chunked(chunk(' '.repeat(MAX_EVENT_BYTES + 1))), '413'],
    [chunked('nonsense\r\n'), '400'],
    // Whoever is answered before all of the body has come is cut off.
    [requestOf('{', { headers: [...JSON_TYPE, 'DNT: 1'], length: 100, ends: false }), '204'],
  ]
  for (const [request, statuses] of sent) await expectSame(request, statuses)
  expect(takenDirectly).toBeGreaterThan(40)

  limit = async () => ({ outcome: 'limited', retryAfterSeconds: 7 })
  await expectSame(requestOf(body), '429')
  limit = () => Promise.reject(new StoreUnavailable(new Error()))
  await expectSame(requestOf(body), '503')
  limit = () => Promise.reject(new TypeError('a mistake'))
  await expectSame(requestOf(body), '500')
  limit = async () => ({ outcome: 'within' })
})

test('events with something wrong in them are answered alike too, also behind one whose sender went away', async () => {
  const connections = servers.map(({ url }) => createConnection(Number(new URL(url).port)))
  for (const { url } of servers) {
    const gone = connect(Number(new URL(url).port), '127.0.0.1')
    gone.write(requestOf('{', { length: 100 }), () => gone.resetAndDestroy())
    await once(gone, 'close')
  }
  const random = randomOf(1)
  const events = await createEvents(TODAY)
  for (let n = 0; n < 5_000; n++) {
    const request = anyRequest(random, events)
    const text = request.bytes.toString('latin1')
    if (request.isBroken || !/^\S* \S*events(?!\/test)/i.test(text)) continue
    const [direct, ofApp] = await Promise.all(connections.map((connection) => connection.send(request)))
    expect(withoutDate(direct?.text ?? ''), text).toBe(withoutDate(ofApp?.text ?? ''))
  }
  for (const connection of connections) connection.end()
})
