import { ROUTES } from '@voicemode-telemetry/protocol/wire/routes'
import { eventOf } from '../../packages/server/test/events.ts'
import { canary } from './canary.ts'
import { type Drive, TOKEN } from './drive.ts'
import { PLACES } from './places.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const of = (name: (typeof PLACES)['request'][number]) => canary(`request: ${name}`)

/** Headers that a browser, a proxy or a script may send. */
function strangeHeaders(): Record<string, string> {
  const apart = /^(an unknown one|Authorization|Content-.*)$/
  const named = PLACES['header of a request'].filter((name) => !apart.test(name))
  return {
    ...Object.fromEntries(named.map((name) => [name, canary(`header of a request: ${name}`)])),
    [canary('header of a request: an unknown one')]: canary('header of a request: an unknown one'),
    cookie: `session=${canary('header of a request: Cookie')}`,
  }
}

async function wrongEvents(): Promise<string[]> {
  const event = await eventOf({ installation: 1 })
  const { environment, usage } = event
  return [
    `{"${of('body that is no JSON')}`,
    ...[
      { ...event, [of('an unknown key')]: of('an unknown key') },
      { ...event, environment: { ...environment, os_type: of('a value of a word') } },
      { ...event, environment: { ...environment, version: `8.1.2-${of('version')}` } },
      { ...event, usage: { ...usage, transport_usage: { [of('a key of a map')]: 1 } } },
      { ...event, event_id: of('event_id') },
      { ...event, telemetry_id: of('telemetry_id') },
    ].map((wrong) => JSON.stringify(wrong)),
  ]
}

/** Sends the server whatever a stranger can. */
export async function attack(drive: Drive): Promise<void> {
  const addresses = PLACES['IP address'].map((name) => canary(`IP address: ${name}`))
  const query = `${of('a name in the query')}=1&from=${of('a value in the query')}&field=${of('a value in the query')}`
  const requests = Object.keys(ROUTES).flatMap((route, nth) => {
    const [method = '', path = ''] = route.split(' ')
    const body = method === 'POST' ? { body: '{}' } : {}
    const whole = path.replace('{week}', of('a week')).replace('{name}', of('path'))
    const headers = { ...JSON_TYPE, ...strangeHeaders(), 'x-forwarded-for': addresses[nth % 2] ?? '' }
    return [
      drive.ask(`${whole}?${query}`, { method, headers, ...body }, `${route}, strange`),
      drive.ask(
        whole,
        {
          method,
          headers: { ...JSON_TYPE, authorization: `Bearer ${canary('header of a request: Authorization')}` },
          ...body,
        },
        `${route}, strange`,
      ),
    ]
  })
  const post = (path: string, body: string, headers: Record<string, string> = JSON_TYPE) =>
    drive.ask(path, { method: 'POST', body, headers }, `POST ${path}, strange`)
  const wrong = await wrongEvents()
  const unknown = Buffer.from(of("another installation's secret").padEnd(32)).toString('base64url')
  const test = JSON.stringify({
    ...(await eventOf({ installation: 1 })),
    environment: { version: of("a test event's version") },
  })
  await Promise.all([
    ...requests,
    drive.ask(`/${of('path')}`, {}, 'GET of no route'),
    ...wrong.flatMap((body) => [post('/v1/events', body), post('/v1/events/test', body)]),
    post('/v1/events/test', test),
    ...(['export', 'delete'] as const).flatMap((right) => [
      post(`/v1/rights/${right}`, JSON.stringify({ secret: of('a secret that is none') })),
      post(`/v1/rights/${right}`, JSON.stringify({ secret: unknown })),
    ]),
    post('/v1/events', '{}', { 'content-type': canary('header of a request: Content-Type') }),
    post('/v1/events', '{}', {
      ...JSON_TYPE,
      'content-encoding': canary('header of a request: Content-Encoding'),
    }),
    post('/sign-in', `token=${of('a token that is wrong')}`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    post('/v1/reports/2026-W01', JSON.stringify({ [of('an order')]: of('an order') }), {
      ...JSON_TYPE,
      authorization: `Bearer ${TOKEN}`,
    }),
    drive.askRaw(`${of('method')} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    drive.askRaw(`${of('no HTTP')}\r\n\r\n`),
  ])
}
