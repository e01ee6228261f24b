import type { RequestOptions } from '../../packages/client/src/host.ts'
import type { Random } from '../scenes/random.ts'
import { type Fault, NETWORK_FAULTS } from './faults.ts'
import type { Process } from './machine.ts'
import type { Server } from './server.ts'
import { running, type Time } from './time.ts'

export interface Line {
  time: Time
  random: Random
  server: Server
  fired: (fault: Fault) => void
  /** How likely a request meets a fault now. */
  faults: () => number
  /** An event leaves the machine. */
  onRequest: (url: string, body: string) => void
  /** A request goes on until now. */
  onGoing: (url: string) => void
  /** The server has answered, whether anybody hears it or not. */
  onAnswer: (url: string, body: string, response: Response) => Promise<void>
}

/** Sends a process's request to the server, or does what a bad network does. */
export function requestBy(process: Process, line: Line) {
  const { time, random, server } = line
  return (url: string, options: RequestOptions): Promise<Response> => {
    const { method = 'GET', headers = {}, body = '', signal } = options
    if (process.isDead || signal.aborted) return Promise.reject(signal.reason ?? new Error('it is dead'))
    line.onRequest(url, body)
    const fault = random.chance(line.faults()) ? random.pick(NETWORK_FAULTS) : undefined
    if (fault) {
      line.fired(fault)
      process.faults.push(fault)
    }
    let isOver = false
    const end = () => {
      isOver = true
    }
    const answer = new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        const isLate = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
        if (isLate && !isOver && !process.isDead) line.onGoing(url)
        reject(signal.reason)
      })
      /** Behind the machine's own network: it goes on when the client's process is dead. */
      const later = (act: () => void) => running.exit(() => time.after(random.whole(1, 400), act))
      const fail = (code: string) => later(() => reject(Object.assign(new Error(code), { code })))
      const answered = async () => {
        const response = await server.answer(url, { method, headers, body })
        await line.onAnswer(url, body, response.clone())
        if (response.status !== 200 && !fault) process.faults.push(`status ${response.status}`)
        return response
      }
      const ask = (then: (response: Response) => void) =>
        later(
          () =>
            void answered().then((response) => {
              later(() => {
                if (!signal.aborted && !process.isDead) line.onGoing(url)
                then(response)
              })
            }, reject),
        )
      // It hears of nothing any more, and unwinds.
      time.after(20_000, () => process.isDead && reject(new Error('it is dead')))
      switch (fault) {
        case 'connection refused':
          return fail('ECONNREFUSED')
        case 'reset before the commit':
          return fail('ECONNRESET')
        case 'reset after the commit':
          return ask(() => reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' })))
        case 'hang before the server':
          return
        case 'hang after the commit':
          return ask(() => {})
        case 'status 5xx after the commit':
          return ask(() => resolve(failureOf(random, 502)))
        case 'status 408':
          return later(() => resolve(failureOf(random, 408)))
        case 'status 429':
          return later(() => resolve(failureOf(random, 429)))
        case 'status 5xx':
          return later(() => resolve(failureOf(random, random.pick([500, 502, 503, 504]))))
        case 'truncated answer':
          return ask((response) => void truncated(response, random).then(resolve))
        case 'answer that breaks off':
          return ask((response) => resolve(brokenOff(response)))
        case 'answer of a stranger':
          return later(() => resolve(strangers(random)))
        case 'answer about another event':
          return later(() => resolve(Response.json({ status: 'ok', event_id: '0123456789abcdef' })))
        case undefined:
          return ask(resolve)
        default:
          throw fault satisfies never
      }
    })
    answer.then(end, end)
    return answer
  }
}

function failureOf(random: Random, status: number): Response {
  const wait = random.pick([
    undefined,
    '0',
    '2',
    '60',
    '86400',
    '99999999',
    'Sat, 01 Jan 2000 00:00:00 GMT',
    'soon',
  ])
  return new Response('it went wrong', { status, headers: wait === undefined ? {} : { 'retry-after': wait } })
}

async function truncated(response: Response, random: Random): Promise<Response> {
  const text = await response.text()
  const { status, headers } = response
  return new Response(text.slice(0, random.whole(0, Math.max(0, text.length - 1))), { status, headers })
}

function brokenOff({ status, headers }: Response): Response {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"status":')),
    pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  })
  return new Response(body, { status, headers })
}

/** What a hotel's sign-in page, a proxy or another server answers. */
function strangers(random: Random): Response {
  const html = { 'content-type': 'text/html' }
  const problem = { 'content-type': 'application/problem+json' }
  return random.pick([
    () => new Response('<title>Sign in</title>', { headers: html }),
    () => new Response(null, { status: 204 }),
    () => new Response(null, { status: 302, headers: { location: 'http://hotel.example/' } }),
    () => new Response('<title>Not found</title>', { status: 404, headers: html }),
    () => new Response('{"type":"about:blank","status":403}', { status: 403, headers: problem }),
    () => new Response('{"type":"https://other.example/problems/no"}', { status: 422, headers: problem }),
    () => Response.json({ status: 'ok', service: 'gateway' }),
    () => new Response('null'),
    () => new Response('', { status: 413 }),
  ])()
}
