import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { type Duplex, Readable } from 'node:stream'
import tls from 'node:tls'
import type { Env, RequestOptions } from '../host.ts'
import { EXPECTED_PROXY, routeTo } from './proxy.ts'

/** The proxy failed, not the server. The code says at what. */
export class ProxyError extends Error {
  override name = 'ProxyError'
  readonly code: 'PROXY_UNUSABLE' | 'PROXY_UNREACHABLE' | 'PROXY_REFUSED'
  /** The variable that names the proxy. */
  readonly variable: string

  constructor(code: ProxyError['code'], variable: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.variable = variable
  }
}

/**
 * Sends a request by the route that the environment names. Nothing of the process is changed: an embedding program keeps its proxy,
 * its certificates and its connections.
 *
 * @throws {ProxyError} if the proxy is at fault; else the error of the connection or of the signal.
 */
export async function request(env: Env, target: string, options: RequestOptions): Promise<Response> {
  const { signal } = options
  const url = new URL(target)
  const route = routeTo(env, target)
  if (route.way === 'unusable proxy') {
    throw new ProxyError('PROXY_UNUSABLE', route.variable, EXPECTED_PROXY)
  }
  const ca = url.protocol === 'https:' ? trustedCertificates() : []
  const tunnel = route.way === 'proxy' ? await openTunnel(route, url, { ca, signal }) : undefined
  return new Promise((resolve, reject) => {
    const { request: send } = url.protocol === 'https:' ? https : http
    const { method = 'GET', headers = {}, body = '' } = options
    const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }
    // Without an agent, no connection is shared with the rest of the process.
    const connection = { agent: false as const, ca, signal, ...(tunnel && { socket: tunnel }) }
    const sent = send(url, { method, headers: { ...headers, ...length }, ...connection })
    sent.once('response', (message) => {
      signal.addEventListener('abort', () => message.destroy(signal.reason), { once: true })
      try {
        resolve(responseOf(message))
      } catch (error) {
        message.destroy()
        reject(error)
      }
    })
    // A connection that ends with an error may tell so twice.
    sent.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    sent.end(body)
  })
}

const EMPTY_STATUSES = [204, 205, 304]

/** @throws RangeError for a status that HTTP doesn't have. */
function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = message
  const names = rawHeaders.filter((_, n) => n % 2 === 0)
  const headers = names.map((name, n): [string, string] => [name, rawHeaders[2 * n + 1] ?? ''])
  if (!EMPTY_STATUSES.includes(status)) {
    return new Response(Readable.toWeb(message) as ReadableStream, { status, headers })
  }
  message.resume()
  return new Response(null, { status, headers })
}

/** Has the proxy connect to the target's host. */
function openTunnel(
  { proxy, variable }: { proxy: URL; variable: string },
  target: URL,
  secured: { ca: string[] | undefined; signal: AbortSignal },
): Promise<Duplex> {
  const path = `${target.hostname}:${target.port || 443}`
  const headers: OutgoingHttpHeaders = { host: path, ...authorizationFor(proxy) }
  const { request: send } = proxy.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const { hostname, port } = proxy
    const connecting = send({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path,
      headers,
      agent: false,
      ...secured,
    })
    const fail = (code: ProxyError['code'], why: string, cause?: unknown) =>
      reject(new ProxyError(code, variable, why, cause))
    connecting.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket)
      socket.destroy()
      fail('PROXY_REFUSED', `it answered ${statusCode}`)
    })
    connecting.on('error', (error) => fail('PROXY_UNREACHABLE', 'it could not be reached', error))
    connecting.end()
  })
}

function authorizationFor({ username, password }: URL): OutgoingHttpHeaders {
  if (username === '' && password === '') return {}
  const pair = `${decode(username)}:${decode(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    return text
  }
}

/**
 * Node's own certificates, those of `NODE_EXTRA_CA_CERTS`, and those of the operating system, as a company's proxy needs. Undefined,
 * which means Node's own, if they can't be read.
 */
function trustedCertificates(): string[] | undefined {
  try {
    return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])]
  } catch {
    return undefined
  }
}
