import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PageAnswer } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import {
  ANSWER_PATH,
  partsOf,
  type Refusal,
  type Rules,
  refusalOf,
  sessionCookie,
  TOKEN_BYTES,
} from './admission.ts'
import type { Asking } from './asking.ts'
import { readPageFile } from './page.ts'
import { fetchPublicReport } from './publicReport.ts'
import { readView } from './viewData.ts'

export interface ViewOptions {
  /** The folder of the built page. */
  page: string
  /** How many whole days before today it shows. */
  days: number
  /** 0 for a free one. */
  port: number
  /** The server ends after so many milliseconds without a request. */
  idleMs: number
  /** Called when the URL is opened. */
  onOpened?: () => void
  /** The question that the page asks. Default: it only shows. */
  asking?: Asking
  /** Called after an answer, when its request is over. */
  onAnswered?: (answer: PageAnswer) => void
}

export interface Viewer {
  /** The URL, which opens once. */
  url: string
  /** Resolves when the server has ended, by itself or by `close`. */
  ended: Promise<void>
  close(): void
}

/**
 * Serves the page of this machine's own telemetry on loopback, at a URL that nobody can guess and that opens once.
 *
 * Others may see the URL: in the terminal and its logs, in the list of processes, in the browser's history. So the first browser that
 * opens it gets a cookie, and everything else needs that cookie. Reloading works in that browser. Elsewhere the URL no longer opens.
 * If it was already used when the person opens it, they learn that somebody else did.
 *
 * It reads on each request, and connects to the server only for `report.json`, which the page requests on a click. It writes nothing,
 * unless it asks: then it records the answer of the browser that has the cookie.
 *
 * @throws the socket's error, such as EADDRINUSE.
 */
export async function startViewer(host: Host, options: ViewOptions): Promise<Viewer> {
  const newToken = () => Buffer.from(host.randomBytes(TOKEN_BYTES)).toString('base64url')
  const rules: Rules = {
    token: newToken(),
    session: undefined,
    asks: options.asking !== undefined,
  }

  const server = createServer(async (request, response) => {
    for (const [name, value] of HEADERS) response.setHeader(name, value)
    const refusal = refusalOf(request, rules)
    if (refusal) return refuse(response, refusal)
    idle.refresh()
    if (rules.session === undefined) {
      rules.session = newToken()
      response.setHeader('set-cookie', sessionCookie(rules.token, rules.session))
      options.onOpened?.()
    }
    await answer(host, options, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const close = () => {
    clearTimeout(idle)
    server.close()
    server.closeAllConnections()
  }
  const idle = setTimeout(close, options.idleMs)
  return {
    url: `http://127.0.0.1:${port}/${rules.token}/`,
    ended: once(server, 'close').then(() => {}),
    close,
  }
}

/** One browser needs a handful of connections. More would use up the file handles that are needed to read the logs. */
const MAX_CONNECTIONS = 32

const HEADERS: readonly [string, string][] = [
  [
    'content-security-policy',
    // Plot draws with style elements of its own; nothing else may be inline.
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['cache-control', 'no-store'],
  // A link must not pass the URL on.
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['x-content-type-options', 'nosniff'],
]

async function answer(
  host: Host,
  options: ViewOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, token } = partsOf(request.url)
  switch (path) {
    case undefined:
      response.writeHead(308, { location: `/${token}/` }).end()
      return
    case 'data.json':
      return sendJson(response, await readView(host, options.days, options.asking?.question()))
    case ANSWER_PATH: {
      const answered = request.method === 'POST' && (await options.asking?.answer(request))
      if (!answered) return refuse(response, 'unknown')
      response.once('close', () => options.onAnswered?.(answered))
      return sendJson(response, answered)
    }
    case 'report.json':
      // A HEAD request shows nothing, so it must not connect to the server.
      return request.method === 'GET'
        ? sendJson(response, await fetchPublicReport(host))
        : refuse(response, 'read only')
    default: {
      const file = readPageFile(options.page, path)
      if (!file) return refuse(response, 'unknown')
      response.writeHead(200, { 'content-type': file.type }).end(file.content)
    }
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, text } = REFUSALS[refusal]
  const allow = refusal === 'read only' ? { allow: 'GET, HEAD' } : {}
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...allow })
    .end(
      `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${status}</title>${text && `<p>${text}</p>`}</html>\n`,
    )
}

const REFUSALS: Record<Refusal, { status: number; text: string }> = {
  unknown: { status: 404, text: '' },
  'read only': { status: 405, text: '' },
  used: {
    status: 403,
    text: 'This URL opens once, and only the browser that opened it first can see the page. To get a new URL, run <code>voicemode-telemetry view</code>.',
  },
}
