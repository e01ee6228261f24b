import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { addDays, dayAt, deriveTelemetryId, MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import openApi from '../src/public/openApi.json' with { type: 'json' }
import { createAnswerCheck } from './answerCheck.ts'
import { eventOf } from './events.ts'

/** The built dashboard's files. */
export const DASHBOARD_ASSETS = fileURLToPath(new URL('../../dashboard/dist/assets', import.meta.url))

/** How a message is framed and when it was sent; not part of an answer. */
const FRAMING = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']

interface Exchange {
  asked: string
  status: number | undefined
  headers: string[]
  body: string
  /** What in it is not as the server describes it. */
  complaints: string[]
}

/**
 * Asks a server on an empty store the same questions in the same order, of every route and every kind of refusal that can
 * be had from outside.
 *
 * @returns what was answered; ids, dates and waits, which differ from run to run, under names that do not.
 */
export async function converse(url: string, adminToken: string): Promise<Exchange[]> {
  const secretBytes = crypto.getRandomValues(new Uint8Array(32))
  const secret = Buffer.from(secretBytes).toString('base64url')
  const id = await deriveTelemetryId(secretBytes)
  const today = dayAt(Date.now())
  const events = await Promise.all(
    Array.from({ length: 12 }, (_, n) => eventOf({ installation: id, day: addDays(today, -n) })),
  )
  const names: [string, string][] = [
    [id, 'INSTALLATION'],
    ...events.map(({ event_id }, n): [string, string] => [event_id, `EVENT-${n}`]),
    ...Array.from({ length: 40 }, (_, n): [string, string] => [addDays(today, -n), `DAY-${n}`]),
  ]
  const mask = (text: string) => names.reduce((masked, [known, name]) => masked.replaceAll(known, name), text)

  const answerCheck = createAnswerCheck(openApi)
  const exchanges: Exchange[] = []
  async function ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string | Buffer,
  ) {
    const sent = request(url + path, { method, headers }).end(body)
    const [answer] = await once(sent, 'response')
    const chunks: Buffer[] = await answer.toArray()
    const text = Buffer.concat(chunks)
    const cookie = String(answer.headers['set-cookie'] ?? '')
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
      body: mask(text.toString('latin1')),
      complaints: answerCheck.complaintsAbout({
        method,
        path,
        status: answer.statusCode,
        headers: new Headers(answer.headers),
        body: text.toString('utf8'),
      }),
    })
    return cookie.split(';')[0] ?? ''
  }

  const JSON_TYPE = { 'content-type': 'application/json' }
  const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded', origin: url }
  const bearer = { authorization: `Bearer ${adminToken}` }
  const post = (path: string, body: unknown, headers = {}) =>
    ask('POST', path, { ...JSON_TYPE, ...headers }, typeof body === 'string' ? body : JSON.stringify(body))
  const [event, ...others] = events

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
  for (const name of readdirSync(DASHBOARD_ASSETS).sort()) await ask('GET', `/assets/${name}`, bearer)

  await post('/v1/rights/export', { secret })
  await post('/v1/rights/export', { secret: Buffer.alloc(32, 7).toString('base64url') })
  await post('/v1/rights/delete', { secret })
  await post('/v1/rights/export', { secret })
  await post('/v1/events', event)
  for (const wrong of ['{', {}, { secret: 'short' }, { secret, more: 1 }])
    await post('/v1/rights/delete', wrong)

  await ask('POST', '/sign-in', FORM_TYPE, 'token=wrong')
  await post('/sign-in', {})
  await ask('POST', '/sign-in', { ...FORM_TYPE, origin: 'https://elsewhere.example' }, `token=${adminToken}`)
  for (const order of [{ held: true }, { make: true }, { held: 1 }]) {
    await post('/v1/reports/2026-W01', order)
    await post('/v1/reports/2026-W01', order, bearer)
  }
  const cookie = await ask('POST', '/sign-in', FORM_TYPE, `token=${adminToken}`)
  await ask('GET', '/sign-in', { cookie })
  await ask('GET', '/', { cookie })
  await ask('POST', '/sign-out', { cookie, origin: url })
  for (let n = 0; n < 20; n++) await post('/v1/rights/export', {})
  await ask('POST', '/sign-in', FORM_TYPE, `token=${adminToken}`)
  return exchanges
}
