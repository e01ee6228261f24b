import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import { SECURITY_HEADERS } from '../http/addDefaults.ts'
import { type Answer, JSON_HEADERS } from '../http/answer.ts'
import type { RequestView } from '../http/body.ts'
import { EVENTS_PATH, type TakeEvent } from '../ingest/addEvents.ts'

/** What takes events straight from a socket. */
export interface EventCarrier {
  takeEvent: TakeEvent
  ipAddressOf: (request: IncomingMessage) => string
}

/** Whether a request is for {@link answerEvent}: an event as clients send it, with its length. The app's route takes all others. */
export function isPlainEvent({ method, url, headers }: IncomingMessage): boolean {
  return method === 'POST' && url === EVENTS_PATH && Number(headers['content-length']) <= MAX_EVENT_BYTES
}

/** Answers as the app's route does, without a web `Request` and `Response`, which take longer than all the rest. */
export async function answerEvent(
  request: IncomingMessage,
  response: ServerResponse,
  { takeEvent, ipAddressOf }: EventCarrier,
): Promise<void> {
  const { status, headers, body } = await takeEvent(new IncomingView(request), ipAddressOf(request))
  const written = headers === JSON_HEADERS ? WRITTEN_JSON_HEADERS : writtenHeaders(headers)
  if (body === null) response.writeHead(status, written).end()
  else response.writeHead(status, [...written, 'Content-Length', Buffer.byteLength(body)]).end(body)
  if (!request.complete) endUnread(request)
}

/** How long whoever is answered may go on sending, in milliseconds. */
const UNREAD_BODY_MS = 500

function endUnread(request: IncomingMessage): void {
  setTimeout(() => request.complete || request.socket.destroySoon(), UNREAD_BODY_MS).unref()
}

/** With the headers of every answer, each name before its value, in the order in which the app's route has them. */
function writtenHeaders(headers: Answer['headers']): string[] {
  return Object.entries({ ...SECURITY_HEADERS, ...headers })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
}

const WRITTEN_JSON_HEADERS = writtenHeaders(JSON_HEADERS)

class IncomingView implements RequestView {
  readonly #request: IncomingMessage

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  /** Node's own `headers` have only the first of some that came several times. */
  header(name: string): string | undefined {
    const { rawHeaders } = this.#request
    let joined: string | undefined
    for (let n = 0; n < rawHeaders.length; n += 2) {
      const other = rawHeaders[n] as string
      if (other.length !== name.length || other.toLowerCase() !== name) continue
      joined = joined === undefined ? rawHeaders[n + 1] : `${joined}, ${rawHeaders[n + 1]}`
    }
    return joined
  }

  read(maxBytes: number): Promise<Uint8Array | undefined> {
    const request = this.#request
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        const [first = Buffer.alloc(0)] = chunks
        const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first
        resolve(bytes.length <= maxBytes ? bytes : undefined)
      })
      request.on('error', reject)
      if (request.destroyed) reject(new Error('the sender went away'))
    })
  }
}
