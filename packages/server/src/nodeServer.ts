import type { Server, ServerResponse } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { addressBehind, type Network } from './trustedProxies.ts'

/** How long a client may take for its headers, and for its whole request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 20_000
/** How long a stop waits for what is under way, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000
const IDLE_SWEEP_MS = 50

export interface Listening {
  /** Where it listens, as `http://127.0.0.1:8787`. */
  url: string
  /** Takes no new connection, resolves when what was under way is answered, or after 10 seconds. */
  stop(): Promise<void>
}

/** Puts an app on a socket. @throws where the address cannot be listened on. */
export async function listen(app: Hono, at: { host: string; port: number }): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  }) as Server
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (!server.listening) response.shouldKeepAlive = false
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

/** Finds out where a request came from: the other end of its socket, or whom a trusted proxy names there. */
export function createAddressFinder(trustedProxies: readonly Network[]): (context: Context) => string {
  return (context) => {
    const peer = (context.env as HttpBindings).incoming.socket.remoteAddress ?? ''
    return addressBehind(peer, context.req.header('x-forwarded-for'), trustedProxies)
  }
}
