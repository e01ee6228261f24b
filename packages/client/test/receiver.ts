import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (response: ServerResponse, body: Buffer, nth: number, request: IncomingMessage) => void

/** A real HTTP server on a free loopback port that records what reaches it, and answers as a test says. */
export class Receiver implements AsyncDisposable {
  /** TCP connections that were opened to it, requests or not. */
  connections = 0
  readonly bodies: Buffer[] = []
  readonly headers: IncomingMessage['headers'][] = []
  answer: Answer = takeIt
  readonly #server: Server
  readonly #waiting: (() => void)[] = []

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      this.bodies.push(body)
      this.headers.push(request.headers)
      for (const resume of this.#waiting.splice(0)) resume()
      this.answer(response, body, this.bodies.length, request)
    })
    this.#server.on('connection', () => {
      this.connections += 1
    })
  }

  static async start(port = 0): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve))
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Resolves when the next request has come in whole. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Answers as the contract says for an event that was stored. */
export const takeIt: Answer = (response, body) => {
  const { event_id } = JSON.parse(body.toString()) as { event_id: string }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'ok', event_id }))
}

/** Refuses an event for good, as the server does in its own words. */
export function refuseWith(problem: object): Answer {
  return answerWith(422, { 'content-type': 'application/problem+json' }, JSON.stringify(problem))
}

export function answerWith(status: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => void response.writeHead(status, headers).end(body)
}

/** An answer of spaces that goes on as long as somebody reads it, up to 64 MiB. */
export class WithoutEnd {
  /** In bytes. */
  written = 0

  readonly answer: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed && this.written < 64 * 1024 * 1024) {
        this.written += 65_536
        if (!response.write(Buffer.alloc(65_536, 32))) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  }
}
