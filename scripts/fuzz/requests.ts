import { createHmac } from 'node:crypto'
import { addDays, type Day, type TelemetryEvent } from '../../packages/protocol/src/index.ts'
import { ROUTES, type Route, type RouteName } from '../../packages/protocol/src/wire/routes.ts'
import { eventOf } from '../../packages/server/test/events.ts'
import type { Random } from '../scenes/random.ts'

/** Stands in all that is made up. No answer, log or database may ever hold it. */
export const CANARY = 'zqcanaryqz'
/** What servers are started with, so that some requests are a maintainer's. */
export const ADMIN_TOKEN = 'a-token-of-the-fuzzing-of-requests'

export interface FuzzRequest {
  bytes: Buffer
  /** Whether its answer has no body. */
  isHead: boolean
  /** Whether HTTP itself may be broken in it, so that it needs a connection of its own and where it ends is not known. */
  isBroken: boolean
}

/** A request before it is written as bytes. */
interface Draft {
  method: string
  path: string
  query: [name: string, value: string][]
  headers: [name: string, value: string][]
  body: Buffer
}

/** Valid events to begin with: of few installations and days, so that a run stores few. */
export async function createEvents(today: Day): Promise<TelemetryEvent[]> {
  const made = Array.from({ length: 200 }, (_, n) =>
    eventOf({ installation: n % 20, day: addDays(today, -Math.floor(n / 20)) }),
  )
  return Promise.all(made)
}

/** Makes a request out of a valid one of any route of the server. */
export function anyRequest(random: Random, events: readonly TelemetryEvent[]): FuzzRequest {
  const draft = validDraft(random, events)
  const changes = random.weighted({ 0: 1, 1: 8, 2: 5, 3: 3, 6: 1 })
  for (let n = 0; n < Number(changes); n++) random.pick(CHANGES)(draft, random)
  return random.chance(0.9)
    ? written(draft, draft.body.length > 0 && random.chance(0.1))
    : brokenBy(draft, random)
}

const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[]
const WEEKS = ['2026-W40', '2026-W46', '2025-W01', '2026-W53', '9999-W99', 'latest', '']
const QUERY_VALUES = new Map<string, readonly string[]>(
  Object.entries({
    from: ['2026-11-01', '2026-10-20', '2025-02-29', '0000-01-01', '9999-12-31'],
    to: ['2026-11-20', '2026-11-01', '2026-1-1', '', '2027-01-01'],
    format: ['json', 'csv', 'JSON', 'xml'],
    field: ['installations', 'environment.os_type', 'usage.total_operations', 'usage', 'constructor'],
    filter: [
      'environment.os_type:Linux',
      'environment.version:8.12',
      'environment.os_type:',
      ':',
      '__proto__:x',
    ],
    value: ['Linux', 'kokoro', '', 'toString'],
  }),
)

function validDraft(random: Random, events: readonly TelemetryEvent[]): Draft {
  const name = random.pick(ROUTE_NAMES)
  const [method = '', template = ''] = name.split(' ')
  const route: Route = ROUTES[name]
  const path = template
    .replace('{week}', random.pick(WEEKS))
    .replace('{name}', random.pick(['index.js', 'index.css', '..', `${CANARY}.js`]))
  const names = Object.keys(route.query ?? {}).filter(() => random.chance(0.6))
  const query = names.map((key): [string, string] => [key, random.pick(QUERY_VALUES.get(key) ?? [''])])
  const headers: Draft['headers'] = [
    ['host', '127.0.0.1'],
    // A trusted proxy's word, so that limits by IP address hold few up.
    ['x-forwarded-for', `10.${random.whole(0, 1)}.${random.whole(0, 99)}.${random.whole(0, 99)}`],
  ]
  const [mediaType] = Object.keys(route.body ?? {})
  if (mediaType) headers.push(['content-type', mediaType])
  if (random.chance(0.4)) headers.push(['authorization', `Bearer ${ADMIN_TOKEN}`])
  if (random.chance(0.1)) headers.push(['cookie', SIGNED_IN])
  const body = mediaType ? Buffer.from(validBody(name, random, events)) : Buffer.alloc(0)
  return { method, path, query, headers, body }
}

const SESSION = 'voicemode_telemetry_session'
const ENDS_AT = '9999999999999'
/** As a server with that token would have made it. */
const SIGNATURE = createHmac('sha256', ADMIN_TOKEN).update(ENDS_AT).digest('base64')
const SIGNED_IN = `${SESSION}=${encodeURIComponent(`${ENDS_AT}.${SIGNATURE}`)}`

function validBody(name: RouteName, random: Random, events: readonly TelemetryEvent[]): string {
  if (name.includes('/events')) return JSON.stringify(random.pick(events))
  if (name.includes('/rights')) return JSON.stringify({ secret: `${random.letters(2).repeat(21)}A` })
  if (name.includes('/reports')) return random.pick(['{"held":true}', '{"held":false}', '{"make":true}'])
  return `token=${random.pick([ADMIN_TOKEN, CANARY])}`
}

/** Texts that programs stumble over. */
const TEXTS = [
  ...[CANARY, CANARY.toUpperCase(), `<script>${CANARY}</script>`, `${CANARY}\u0000`, '', ' ', '\u0000', '0'],
  ...['-1', '1e999', '99999999999999999999', 'NaN', '0x10', 'null', 'true', '__proto__', 'constructor'],
  ...['../../../etc/passwd', "' OR 1=1 --", '#{7*7}', '{{7*7}}', '%s%n', '\u202e\u{1f600}', 'é'],
  ...['2026-02-30', '2026-W54', '٣', '１', 'İ'],
]
const JSON_VALUES = [
  ...TEXTS.map((text) => JSON.stringify(text)),
  ...['1e999', '-0', '0.1', '1e-400', '9007199254740993', '-1', 'null', 'true', '[]', '{}', '[[[]]]'],
  ...['"\\ud800"', '"\\u0000"', `{"${CANARY}":"${CANARY}"}`, `["${CANARY}"]`, `"${CANARY.repeat(300)}"`],
  ...['[', '"', '01', '+1', '.5', 'NaN', 'undefined', "'a'", '/**/1', '1,', '\\'],
  ...['['.repeat(3000) + ']'.repeat(3000), `${'{"a":'.repeat(1500)}1${'}'.repeat(1500)}`],
]
const METHODS = 'GET HEAD POST PUT DELETE OPTIONS PATCH TRACE CONNECT PROPFIND QUERY SEARCH'.split(' ')
const HEADER_NAMES = [
  ...'host content-type content-encoding authorization cookie origin referer x-forwarded-for forwarded'.split(
    ' ',
  ),
  ...'if-none-match if-match if-modified-since if-range range accept accept-encoding dnt sec-gpc'.split(' '),
  ...'expect upgrade connection user-agent te trailer x-real-ip via cf-connecting-ip'.split(' '),
  ...'sec-fetch-site x-http-method-override x-forwarded-host x-forwarded-proto keep-alive'.split(' '),
  ...[CANARY, '__proto__', 'constructor', 'http2-settings', 'proxy-authorization', 'max-forwards'],
]
const HEADER_VALUES = [
  ...TEXTS.filter((text) => !text.includes('\u0000')),
  ...[
    '1',
    '1, 1',
    '*',
    '"a", "b"',
    `W/"${CANARY}"`,
    'bytes=0-0',
    'bytes=-1',
    'bytes=9-1,2-3',
    'gzip',
    'br;q=2',
  ],
  ...[
    'application/json',
    'application/json; charset=utf-16',
    'application/json; charset="utf-8',
    'text/plain',
  ],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=', 'application/json, text/html'],
  ...['Bearer', `Bearer ${CANARY}`, 'Basic YTpi', 'Bearer  a b', `bearer ${ADMIN_TOKEN}`],
  ...[
    `${SESSION}=${CANARY}`,
    `${SESSION}=1.%`,
    `${SIGNED_IN}; a=b`,
    `${SIGNED_IN}${CANARY}`,
    `a=${CANARY}; ${SIGNED_IN}`,
    `${SESSION}=a.b; ${SESSION}=c.d`,
    `${SESSION}="`,
    ';;;=;',
  ],
  ...['localhost', '127.0.0.1:99999', '[::1', '[::1]:1', 'a b', `${CANARY}.example:80`, 'user@host', 'xn--a'],
  ...['1.2.3.4, ::1', 'unknown', '_hidden', '::ffff:1.2.3.4', `for="${CANARY}"`, '999.1.1.1', ',,,'],
  ...['100-continue', 'websocket', 'h2c', 'close', 'keep-alive, upgrade', 'trailers', 'Thu, 01 Jan 1970'],
  ...[CANARY.repeat(300), `a=${CANARY};`.repeat(400), '\u00ff\u0080', 'a'.repeat(20_000)],
]
const PATH_PIECES = [
  ...[CANARY, '%00', '%ff', '%c0%af', '%2e%2e', '..', '.', '/', '//', '\\', ';a=b', '%', '%zz', '%2', '%2F'],
  ...[
    ':week',
    '{week}',
    '*',
    '~',
    '%F0%9F%98%80',
    'é',
    '|',
    '"',
    '<',
    "'",
    '`',
    '%0d%0aset-cookie:a=b',
    '@',
    ':',
  ],
]

type Change = (draft: Draft, random: Random) => void

const CHANGES: readonly Change[] = [
  (draft, random) => {
    draft.method = random.pick(METHODS)
  },
  (draft, random) => {
    const at = random.whole(0, draft.path.length)
    draft.path = draft.path.slice(0, at) + random.pick(PATH_PIECES) + draft.path.slice(at)
  },
  (draft, random) => {
    const forms = [
      ...[`http://${CANARY}.example${draft.path}`, '*', `${CANARY}:443`, '', `/${CANARY.repeat(900)}`],
      ...[
        percentEncoded(draft.path),
        draft.path.toUpperCase(),
        `${draft.path}/`,
        `//${CANARY}/`,
        `${draft.path}#a`,
      ],
    ]
    draft.path = random.pick(forms)
  },
  (draft, random) => {
    const name = random.pick([...QUERY_VALUES.keys(), CANARY, '__proto__', 'a[]', ''])
    draft.query.push([name, random.pick([...TEXTS, ...(QUERY_VALUES.get(name) ?? [])])])
  },
  (draft, random) => {
    if (draft.query.length > 0) random.pick(draft.query)[1] = random.pick(TEXTS)
    else for (let n = 0; n < 200; n++) draft.query.push([`${CANARY}${n}`, '%'])
  },
  addHeader,
  addHeader,
  (draft, random) => {
    const header = random.pick(draft.headers)
    header[1] = random.chance(0.5) ? random.pick(HEADER_VALUES) : spoiledText(header[1], random)
  },
  (draft, random) => {
    draft.headers.splice(random.whole(0, draft.headers.length - 1), 1)
    if (draft.headers.length === 0) addHeader(draft, random)
  },
  changeJson,
  changeJson,
  changeJson,
  (draft, random) => {
    draft.body = spoiled(draft.body, random)
  },
  (draft, random) => {
    const text = draft.body.toString()
    const forms = [
      ...[
        `\ufeff${text}`,
        `${text}${CANARY}`,
        text + text,
        `[${text}]`,
        text.slice(0, -1),
        '',
        ' ',
        `"${CANARY}"`,
      ],
      ...[
        text.padEnd(16_384),
        text.padEnd(16_385),
        CANARY.repeat(2000),
        text.replace('{', `{"${CANARY}":1,`),
      ],
      ...[`token=%&token=${CANARY}&%=`, `secret=${CANARY}`, random.pick(JSON_VALUES)],
    ]
    draft.body = Buffer.from(random.pick(forms), random.chance(0.1) ? 'utf16le' : 'utf8')
  },
]

function addHeader(draft: Draft, random: Random): void {
  draft.headers.push([random.pick(HEADER_NAMES), random.pick(HEADER_VALUES)])
}

/** Puts something else in the place of a value, a key or a pair anywhere in a body's text, or doubles a pair. */
function changeJson(draft: Draft, random: Random): void {
  const text = draft.body.toString()
  const pairs = [...text.matchAll(/"([^"]*)":("[^"]*"|[\d.]+|\{[^{}]*\})/g)]
  if (pairs.length === 0) {
    draft.body = Buffer.from(random.pick(JSON_VALUES))
    return
  }
  const { 0: pair, 1: key = '', 2: value = '', index } = random.pick(pairs)
  const other = random.pick(JSON_VALUES)
  const changed = random.pick([
    ...[
      `"${key}":${other}`,
      `"${key}":${other}`,
      `"${key}":${other}`,
      `${JSON.stringify(random.pick(TEXTS))}:${value}`,
    ],
    ...[`${pair},"${key}":${other}`, `"${key}":${other},${pair}`, `${pair},"${CANARY}":${other}`, '"a":1'],
  ])
  draft.body = Buffer.from(text.slice(0, index) + changed + text.slice(index + pair.length))
}

/** Cut, doubled, or with other bytes in it. */
export function spoiled(bytes: Buffer, random: Random): Buffer {
  const [from, to] = [random.whole(0, bytes.length), random.whole(0, bytes.length)].sort((a, b) => a - b) as [
    number,
    number,
  ]
  const between = bytes.subarray(from, to)
  const odd = Buffer.from(Array.from({ length: random.whole(1, 8) }, () => random.whole(0, 255)))
  const middle = random.pick([
    Buffer.alloc(0),
    odd,
    Buffer.concat([between, odd, between]),
    Buffer.from(CANARY),
  ])
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)])
}

function spoiledText(text: string, random: Random): string {
  return spoiled(Buffer.from(text, 'latin1'), random)
    .toString('latin1')
    .replace(/\p{Cc}/gu, '')
}

function percentEncoded(path: string): string {
  return path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

function targetOf({ path, query }: Draft): string {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%25', '%')
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return (path.replaceAll(' ', '+') || '/') + (search && `?${search}`)
}

/** The lines before the body, without the line that says its length. */
function headOf(draft: Draft, version = 'HTTP/1.1', lineEnd = '\r\n'): string {
  const lines = draft.headers.map(
    ([name, value]) => `${name}: ${value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')}${lineEnd}`,
  )
  return `${draft.method} ${targetOf(draft)} ${version}${lineEnd}${lines.join('')}`
}

/** As HTTP writes it. Texts beyond ASCII go out as their UTF-8 bytes in the target, as single bytes in headers. */
function written(draft: Draft, isChunked = false): FuzzRequest {
  const { body, method } = draft
  const isAbsent = body.length === 0 && method !== 'POST'
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`
  const head = Buffer.from(headOf(draft), /[^\0-\xff]/.test(targetOf(draft)) ? 'utf8' : 'latin1')
  const framed = isChunked ? Buffer.concat([chunk(body), LAST_CHUNK]) : body
  const bytes = Buffer.concat([head, Buffer.from(isAbsent ? '\r\n' : `${length}\r\n\r\n`), framed])
  return { bytes, isHead: method === 'HEAD', isBroken: false }
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n')

function chunk(bytes: Buffer, size = bytes.length.toString(16), end = '\r\n'): Buffer {
  return Buffer.concat([Buffer.from(`${size}\r\n`), bytes, Buffer.from(end)])
}

/** With something wrong in HTTP itself. */
function brokenBy(draft: Draft, random: Random): FuzzRequest {
  const { body } = draft
  const half = Math.floor(body.length / 2)
  const hex = body.length.toString(16)
  const withLines = (lines: string, after: Buffer = body) =>
    Buffer.concat([Buffer.from(`${headOf(draft)}${lines}\r\n`, 'latin1'), after])
  const chunked = (...parts: Buffer[]) => withLines('transfer-encoding: chunked\r\n', Buffer.concat(parts))
  const good = written(draft).bytes
  const forms: (() => Buffer)[] = [
    () => withLines(`content-length: ${body.length + random.whole(1, 9)}\r\n`),
    () => withLines(`content-length: ${half}\r\n`),
    () =>
      withLines(
        `content-length: ${random.pick(['-1', '+1', '0x10', '1e3', CANARY, '', '9'.repeat(30), '1, 1'])}\r\n`,
      ),
    () => withLines(`content-length: ${body.length}\r\ncontent-length: ${half}\r\n`),
    () => withLines(`content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n`),
    () =>
      withLines(
        `transfer-encoding: ${random.pick(['gzip', 'chunked, chunked', 'identity', CANARY, 'xchunked'])}\r\n`,
      ),
    () =>
      chunked(chunk(body, `${hex};${CANARY}="${CANARY}"`), Buffer.from(`0\r\n${CANARY}: ${CANARY}\r\n\r\n`)),
    () => chunked(...[...body].map((byte) => chunk(Buffer.from([byte]))), LAST_CHUNK),
    () => chunked(chunk(body, random.pick(['zz', '-1', 'fffffffffffffffff', '', CANARY, '0x5'])), LAST_CHUNK),
    () => chunked(chunk(body, hex, CANARY), LAST_CHUNK),
    () => chunked(chunk(Buffer.alloc(65_535, CANARY)), LAST_CHUNK),
    () => chunked(chunk(body)),
    () =>
      Buffer.from(
        `${headOf(draft, random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/9', CANARY, '']))}\r\n`,
      ),
    () => Buffer.from(`${headOf(draft, 'HTTP/1.1', '\n')}\n`),
    () => withLines(`${CANARY} : a\r\n`),
    () => withLines(`a: b\r\n folded ${CANARY}\r\n`),
    () => withLines(`${CANARY}\u0000: ${CANARY}\u0000\r\n`),
    () => withLines(`${CANARY}: ${'a'.repeat(100_000)}\r\n`),
    () => withLines(Array.from({ length: 3000 }, (_, n) => `${CANARY}${n}: a\r\n`).join('')),
    () => good.subarray(0, random.whole(0, good.length)),
    () => spoiled(good, random),
    () => Buffer.concat([good, good, good]),
    () => Buffer.from(Array.from({ length: random.whole(1, 300) }, () => random.whole(0, 255))),
    () => Buffer.from(`160301020001000${CANARY}`, 'hex'),
    () => Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${CANARY}`),
  ]
  return { bytes: random.pick(forms)(), isHead: false, isBroken: true }
}
