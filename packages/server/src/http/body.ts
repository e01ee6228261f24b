import { MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import type { Refusal } from './problem.ts'

/** What is asked of a request before it is taken, whatever carries it. */
export interface RequestView {
  /** A header by its name in small letters. One that came several times is joined by commas. */
  header(name: string): string | undefined
  /**
   * Reads the body. If it is longer than the limit, reading stops and the result is undefined.
   *
   * @throws where the sender goes away in the middle.
   */
  read(maxBytes: number): Promise<Uint8Array | undefined>
}

export function viewOf(request: Request): RequestView {
  return {
    header: (name) => request.headers.get(name) ?? undefined,
    read: (maxBytes) => readBytes(request, maxBytes),
  }
}

/** A request whose body is being read; each gate leaves here what the next ones need. */
export interface Body {
  request: RequestView
  bytes: Uint8Array
  value: unknown
}

/** What is there before a body is read. */
export const NO_BYTES = new Uint8Array()

type BodyVerdict = 'passes' | Refusal

const JSON_GATES = [saysItIsJson, isNotEncoded, fitsLimits, parsesAsJson] as const

/** Reads a request's JSON, or says why that cannot be done. Never rejects, whatever was sent. */
export async function readJson(request: Request): Promise<{ value: unknown } | Refusal> {
  const body: Body = { request: viewOf(request), bytes: NO_BYTES, value: undefined }
  for (const gate of JSON_GATES) {
    const verdict = await gate(body)
    if (verdict !== 'passes') return verdict
  }
  return { value: body.value }
}

export function saysItIsJson({ request }: Body): BodyVerdict {
  const type = request.header('content-type') ?? ''
  if (type === 'application/json') return 'passes'
  const [mediaType, ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const isOtherCharset = (parameter: string) => /^charset\s*=(?!"?utf-8"?$)/.test(parameter)
  if (mediaType === 'application/json' && !parameters.some(isOtherCharset)) return 'passes'
  return { kind: 'not-json', problems: [{ field: 'content-type', expected: 'application/json in UTF-8' }] }
}

export function isNotEncoded({ request }: Body): BodyVerdict {
  const encoding = request.header('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() === 'identity') return 'passes'
  return { kind: 'not-json', problems: [{ field: 'content-encoding', expected: 'none' }] }
}

const TOO_LARGE: Refusal = {
  kind: 'too-large',
  problems: [{ field: '', expected: `at most ${MAX_EVENT_BYTES} bytes` }],
}

export function fitsLimits(body: Body): BodyVerdict | Promise<BodyVerdict> {
  if (Number(body.request.header('content-length')) > MAX_EVENT_BYTES) return TOO_LARGE
  const take = (bytes: Uint8Array | undefined): BodyVerdict => {
    if (!bytes) return TOO_LARGE
    body.bytes = bytes
    return 'passes'
  }
  // It can't be read where the sender goes away in the middle.
  return body.request.read(MAX_EVENT_BYTES).then(take, malformedJson)
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (request.headers.has('content-length')) {
    // HTTP holds a body to its declared length, which is within the limit here.
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length <= maxBytes ? bytes : undefined
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function parsesAsJson(body: Body): BodyVerdict {
  try {
    body.value = JSON.parse(utf8.decode(body.bytes))
    return 'passes'
  } catch {
    return malformedJson()
  }
}

function malformedJson(): Refusal {
  return { kind: 'malformed-json', problems: [{ field: '', expected: 'a JSON object in UTF-8' }] }
}
