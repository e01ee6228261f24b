import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import {
  addDays,
  type Day,
  dayAt,
  deriveTelemetryId,
  MAX_EVENT_BYTES,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { eventOf } from './events.ts'

const ASSETS = fileURLToPath(new URL('../../dashboard/dist/assets', import.meta.url))

/** How a message is framed and when it was sent; not part of an answer. */
const FRAMING = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']

interface Exchange {
  asked: string
  status: number | undefined
  headers: string[]
  body: string
}

/** Asks one question more. @returns the cookie that came with the answer. */
type Ask = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  body?: string | Buffer,
) => Promise<string>
type Post = (path: string, body: unknown, headers?: Record<string, string>) => Promise<string>

interface Cast {
  ask: Ask
  post: Post
  /** Of one installation, the newest first. */
  events: TelemetryEvent[]
  /** The installation's. */
  secret: string
  today: Day
  bearer: { authorization: string }
  formType: Record<string, string>
  adminToken: string
}

/**
 * Asks a server on an empty store the same questions in the same order, of every route and every kind of refusal that can
 * be had from outside.
 *
 * @returns what was answered; ids, dates and waits, which differ from run to run, under names that do not.
 */
export async function recordTranscript(url: string, adminToken: string): Promise<Exchange[]> {
  const secretBytes = crypto.getRandomValues(new Uint8Array(32))
  const id = await deriveTelemetryId(secretBytes)
  const today = dayAt(Date.now())
  const events = await Promise.all(
    Array.from({ length: 12 }, (_, n) => eventOf({ installation: id, day: addDays(today, -n) })),
  )
  const exchanges: Exchange[] = []
  const ask = createAsk(url, exchanges, [
    [id, 'INSTALLATION'],
    ...events.map(({ event_id }, n): [string, string] => [event_id, `EVENT-${n}`]),
    ...Array.from({ length: 40 }, (_, n): [string, string] => [addDays(today, -n), `DAY-${n}`]),
  ])
  const cast: Cast = {
    ask,
    post: (path, body, headers = {}) => {
      const json = { 'content-type': 'application/json', ...headers }
      return ask('POST', path, json, typeof body === 'string' ? body : JSON.stringify(body))
    },
    events,
    secret: Buffer.from(secretBytes).toString('base64url'),
    today,
    bearer: { authorization: `Bearer ${adminToken}` },
    formType: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
    adminToken,
  }
  for (const part of [askPages, sendEvents, askElsewhere, askCharts, askForData, signIn]) await part(cast)
  return exchanges
}

/** @param names what differs from run to run, and what to write instead. */
function createAsk(url: string, exchanges: Exchange[], names: [string, string][]): Ask {
  const mask = (text: string) => names.reduce((masked, [known, name]) => masked.replaceAll(known, name), text)
  return async (method, path, headers = {}, body) => {
    const [answer] = await once(request(url + path, { method, headers }).end(body), 'response')
    const chunks: Buffer[] = await answer.toArray()
    const told = Object.entries(answer.headers).filter(([name]) => !FRAMING.includes(name))
    exchanges.push({
      asked: mask(`${method} ${path}`),
      status: answer.statusCode,
      headers: told
        .map(([name, value]) => {
          if (name === 'retry-after') return `${name}: SECONDS`
          return `${name}: ${String(value).replace(/=\d+\.[^;]+;/, '=SESSION;')}`
        })
        .sort(),
      body: mask(Buffer.concat(chunks).toString('latin1')),
    })
    const cookie = String(answer.headers['set-cookie'] ?? '')
    return cookie.split(';')[0] ?? ''
  }
}

async function askPages({ ask }: Cast): Promise<void> {
  for (const method of ['GET', 'HEAD']) {
    for (const path of [
      '/',
      '/healthz',
      '/privacy',
      '/openapi.json',
      '/v1/policy',
      '/pages.css',
      '/sign-in',
    ]) {
      await ask(method, path)
    }
  }
  for (const path of [
    '/.well-known/gpc.json',
    '/v1/transparency',
    '/v1/reports',
    '/v1/reports/2026-W01',
    '/report/none',
  ]) {
    await ask('GET', path)
  }
}

async function sendEvents({ post, events, today }: Cast): Promise<void> {
  const [event, ...others] = events
  await post('/v1/events', event)
  await post('/v1/events', event)
  await post('/v1/events', event, { dnt: '1' })
  await post('/v1/events', event, { 'sec-gpc': '1' })
  for (const wrong of [
    '',
    '{',
    'null',
    '[]',
    { ...event, more: 1 },
    { ...event, usage: 1 },
    { ...event, event_id: 'x' },
  ]) {
    await post('/v1/events', wrong)
  }
  await post('/v1/events', event, { 'content-type': 'text/plain' })
  await post('/v1/events', event, { 'content-encoding': 'gzip' })
  await post('/v1/events', ' '.repeat(MAX_EVENT_BYTES + 1))
  await post('/v1/events', await eventOf({ installation: 1, day: addDays(today, 3) }))
  await post('/v1/events', await eventOf({ installation: 1, day: addDays(today, -92) }))
  for (const other of others) await post('/v1/events', other)
}

async function askElsewhere({ ask }: Cast): Promise<void> {
  for (const [method, path] of [
    ['GET', '/v1/events'],
    ['PUT', '/v1/events'],
    ['POST', '/healthz'],
    ['OPTIONS', '/v1/rights/export'],
    ['GET', '/nothing'],
    ['GET', '/assets/nothing.js'],
    ['GET', '/v1/charts/daily'],
    ['GET', '/metrics'],
  ] as const) {
    await ask(method, path)
  }
}

async function askCharts({ ask, bearer, today }: Cast): Promise<void> {
  for (const [path, headers] of [
    ['/', bearer],
    ['/v1/charts/daily', bearer],
    ['/metrics', bearer],
  ] as const) {
    await ask('GET', path, headers)
  }
  for (const query of [
    `from=${addDays(today, -20)}&to=${today}`,
    `from=${today}&format=csv`,
    'from=x&to=y&format=z',
  ]) {
    await ask('GET', `/v1/charts/daily?${query}`, bearer)
  }
  for (const query of ['field=usage.transport_usage&value=local', 'field=nothing&format=z']) {
    await ask('GET', `/v1/charts/segments?${query}`, bearer)
  }
  for (const name of readdirSync(ASSETS).sort()) await ask('GET', `/assets/${name}`, bearer)
}

async function askForData({ post, secret, events }: Cast): Promise<void> {
  const [event] = events
  await post('/v1/rights/export', { secret })
  await post('/v1/rights/export', { secret: Buffer.alloc(32, 7).toString('base64url') })
  await post('/v1/rights/delete', { secret })
  await post('/v1/rights/export', { secret })
  await post('/v1/events', event)
  for (const wrong of ['{', {}, { secret: 'short' }, { secret, more: 1 }])
    await post('/v1/rights/delete', wrong)
}

async function signIn({ ask, post, bearer, formType, adminToken }: Cast): Promise<void> {
  await ask('POST', '/sign-in', formType, 'token=wrong')
  await post('/sign-in', {})
  await ask('POST', '/sign-in', { ...formType, origin: 'https://elsewhere.example' }, `token=${adminToken}`)
  for (const order of [{ held: true }, { make: true }, { held: 1 }]) {
    await post('/v1/reports/2026-W01', order)
    await post('/v1/reports/2026-W01', order, bearer)
  }
  const cookie = await ask('POST', '/sign-in', formType, `token=${adminToken}`)
  await ask('GET', '/sign-in', { cookie })
  await ask('GET', '/', { cookie })
  await ask('POST', '/sign-out', { cookie, ...formType })
  for (let n = 0; n < 20; n++) await post('/v1/rights/export', {})
  await ask('POST', '/sign-in', formType, `token=${adminToken}`)
}
