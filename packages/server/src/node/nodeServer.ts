import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { ProblemKind } from '@voicemode-telemetry/protocol/wire/problemKinds'
import type { Hono } from 'hono'
import { answerProblem, composeProblem } from '../http/problem.ts'
import type { Network } from '../limits/ipAddress.ts'
import { ipAddressBehind } from '../limits/trustedProxies.ts'
import { answerEvent, type EventCarrier, isPlainEvent } from './eventCarrier.ts'

/** How slow a client may be, in milliseconds. */
export interface Patience {
  /** For its headers, and for its whole request. */
  headersMs: number
  requestMs: number
  /** How often it is looked who has taken longer. */
  checkEveryMs: number
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 20_000, checkEveryMs: 2_000 }
/** How long a stop waits for what is under way, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000
const IDLE_SWEEP_MS = 50

export interface Listening {
  /** Where it listens, as `http://127.0.0.1:8787`. */
  url: string
  /** Takes no new connection, resolves when what was under way is answered, or after 10 seconds. */
  stop(): Promise<void>
}

/**
 * Puts an app on a socket. What is no HTTP, or comes too slowly, is refused in the same form as everything else, and
 * logged nowhere.
 *
 * @param events answers events without the app; where it is absent, the app does.
 * @throws where that host and port cannot be listened on.
 */
export async function listen(
  app: Hono,
  at: { host: string; port: number },
  { events, patience = PATIENCE }: { events?: EventCarrier | undefined; patience?: Patience } = {},
): Promise<Listening> {
  const answer = getRequestListener(app.fetch, {
    errorHandler: (error) =>
      composeProblem({ kind: error instanceof RequestError ? 'malformed-request' : 'unexpected' }),
  })
  const server = createServer({
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.checkEveryMs,
    // The listener refuses a request that needs one and has none, and says so.
    requireHostHeader: false,
  })
  const latest = new WeakMap<Duplex, ServerResponse<IncomingMessage>>()
  server.on('request', (request, response) => {
    latest.set(request.socket, response)
    if (!server.listening) response.shouldKeepAlive = false
    if (events && isPlainEvent(request) && hasHost(request)) {
      answerEvent(request, response, events)
    } else {
      nameHost(request)
      answer(request, response)
    }
  })
  // HTTP lets a server ignore an expectation that it does not know.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  // Node would close the connection without a word.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {})
    refuseConnection(socket, 'malformed-request')
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const refuse = () => refuseConnection(socket, KIND_OF_ERROR[error.code ?? ''] ?? 'malformed-request')
    const response = latest.get(socket)
    const request = response?.req
    // A second answer to one request would be taken for the answer to the next.
    if (request?.complete === false && response?.headersSent) socket.destroy()
    else if (request?.complete && !response?.writableEnded) response?.once('finish', refuse)
    else refuse()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : at.port
  const name = at.host.includes(':') ? `[${at.host}]` : at.host

  return {
    url: `http://${name}:${port}`,
    stop() {
      return new Promise((resolve) => {
        const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
        const deadline = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS)
        server.close(() => {
          clearInterval(sweep)
          clearTimeout(deadline)
          resolve()
        })
      })
    },
  }
}

/** As RFC 9110 writes the value of `Host`, which may be empty. */
const HOST_FORM = /^([\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(:\d*)?$/i
/** No host has this name, and it is not a loopback name. */
const UNNAMED = 'unnamed.invalid'

/**
 * HTTP/1.0 needs no `Host`, and a correct one may be no host of a URL, which the listener makes of each request. Both get a
 * name that nobody is let in by.
 */
function nameHost(request: IncomingMessage): void {
  if (!hasHost(request)) return
  const { headers } = request
  const { host } = headers
  const name = host?.replace(/:\d+$/, '').toLowerCase()
  if (!name || URL.parse(`http://${host}`)?.hostname !== name) headers.host = UNNAMED
}

/** Whether it says whom it asks, as far as its version of HTTP wants that. The listener refuses it otherwise. */
function hasHost({ headers: { host }, httpVersion }: IncomingMessage): boolean {
  return host === undefined ? httpVersion === '1.0' : HOST_FORM.test(host)
}

/** What Node calls what went wrong with a connection; anything else is malformed. */
const KIND_OF_ERROR: Record<string, ProblemKind> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
}

/** Answers where there is no request to answer, and closes. */
function refuseConnection(socket: Duplex, kind: ProblemKind): void {
  if (!socket.writable) return
  const { status, headers, body } = answerProblem({ kind })
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body ?? '')}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/**
 * Finds out where a request came from: the other end of its socket, or whom a trusted proxy names there.
 *
 * @param onProxy see {@link ipAddressBehind}.
 */
export function createIpAddressFinder(
  trustedProxies: readonly Network[],
  onProxy: (ipAddress: string, isTrusted: boolean) => void,
): (request: IncomingMessage) => string {
  return ({ socket, headers }) =>
    ipAddressBehind(socket.remoteAddress ?? '', headers, trustedProxies, onProxy)
}
