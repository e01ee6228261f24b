import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { canary } from './canary.ts'
import type { PLACES } from './places.ts'

type Answer = (response: ServerResponse) => void

/** A line from the client to a server, which keeps every byte that the client sends. */
export class Line implements AsyncDisposable {
  readonly sent: Buffer[] = []
  readonly #server: Server
  readonly #hostile = createHttpServer((request, response) => {
    request.resume().on('end', () => {
      const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]
      answer?.(response)
    })
  })
  #target = 0
  #answers: Answer[] = []

  private constructor() {
    this.#server = createServer((client) => {
      const server = connect(this.#target, '127.0.0.1')
      client.on('data', (chunk: Buffer) => this.sent.push(chunk))
      client.pipe(server).pipe(client)
      const endBoth = () => [client, server].forEach((socket) => void socket.destroy())
      for (const socket of [client, server]) socket.on('error', endBoth).on('close', endBoth)
    })
  }

  static async open(): Promise<Line> {
    const line = new Line()
    for (const server of [line.#server, line.#hostile]) await once(server.listen(0, '127.0.0.1'), 'listening')
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  leadTo(url: string): void {
    this.#target = Number(new URL(url).port)
  }

  /** The server at its end answers requests thus, one after the other; the last goes on. */
  answerWith(...answers: Answer[]): void {
    this.#target = (this.#hostile.address() as AddressInfo).port
    this.#answers = answers
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hostile.closeAllConnections()
    for (const server of [this.#server, this.#hostile]) await new Promise((resolve) => server.close(resolve))
  }
}

const of = (name: (typeof PLACES)['answer of a hostile server'][number]) =>
  canary(`answer of a hostile server: ${name}`)

function answer(status: number, body: string | object, headers: Record<string, string> = {}): Answer {
  return (response) =>
    void response
      .writeHead(status, of('reason phrase'), {
        server: of('Server'),
        'set-cookie': `a=${of('Set-Cookie')}`,
        ...headers,
      })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
}

const JSON_TYPE = { 'content-type': 'application/json' }
const problem = {
  title: of('title'),
  detail: of('detail'),
  instance: of('instance'),
  [of('an unknown key')]: 1,
  problems: [{ field: of('the field'), expected: of('what was expected') }],
}

/** What a server that is not ours may answer to an event, one after the other. */
export const TO_EVENTS = {
  'a redirect': answer(302, '', { location: `http://${of('Location')}.invalid/` }),
  'a page': answer(200, `<h1>${of('a page')}</h1>`, { 'content-type': `text/html; a=${of('Content-Type')}` }),
  'another event': answer(
    200,
    { status: 'ok', event_id: of('event_id'), [of('an unknown key')]: 1 },
    JSON_TYPE,
  ),
  'a failure': answer(503, of('a page'), { 'retry-after': of('Retry-After') }),
  'a problem of its own': answer(
    422,
    { ...problem, type: of('type') },
    { 'content-type': 'application/problem+json' },
  ),
}

/** A final no in our own words: what it was about is not sent again. */
export const REFUSAL = answer(
  422,
  { ...problem, type: '/problems/not-an-event' },
  { 'content-type': 'application/problem+json' },
)

export const TO_EXPORT = answer(
  200,
  {
    status: 'ok',
    telemetry_id: of('the deleted id'),
    events: [{ note: of('an exported event') }],
    kept_since: of('a page'),
  },
  JSON_TYPE,
)
export const TO_FORGET = answer(200, { status: 'ok', telemetry_id: of('the deleted id') }, JSON_TYPE)
