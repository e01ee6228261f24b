import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEventLine, readEventLine } from './eventLine.ts'
import { parseExchange, readExchange } from './exchange.ts'
import { asObject, parseJsonLine } from './jsonLine.ts'
import { REFUSED, Scanner } from './scan.ts'
import { parseTimestamp, timestampIn } from './timestamp.ts'

const PATHS = ['timestamp', 'type', 'data.pid', 'data.success', 'data.metrics.is_local', 'metadata.provider']
const RUNS = { numRuns: 3_000 }

/** A line with something before it and after it, as it lies in a log file. */
function cursorOf(line: Uint8Array) {
  return { bytes: Buffer.concat([Buffer.from('{"a'), line, Buffer.from('\n{"type": "b"}\n')]), at: 3 }
}

/** Now and then something that JSON does not know. */
const mostly = (valid: fc.Arbitrary<string>, ...damaged: string[]) =>
  fc.oneof({ weight: 150, arbitrary: valid }, fc.constantFrom(...damaged))

const blank = fc.constantFrom('', '', '', ' ', ' ', '\t', '\r', '  ')
const escaped = fc.constantFrom('\\"', '\\\\', '\\n', '\\/', '\\u0041', '\\ud83d', '\\uD83D\\uDE00')
const character = mostly(
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...'abcdef_ :,{}[]0.é€😀\u007f\u2028') }, escaped),
  ...['\\x', '\\u12g4', '\\', '\t', '\u0000', '\u001f', '"'],
)
const quoted = fc
  .oneof(
    fc.array(fc.constantFrom(...'abcdef_ :,{}[]0.é'), { maxLength: 40 }),
    fc.array(character, { maxLength: 12 }),
  )
  .map((parts) => `"${parts.join('')}"`)
const time = fc.constantFrom(
  '"2026-11-21T09:15:03.120934+11:00"',
  '"2026-11-21T09:15:03Z"',
  '"2026-02-30T09:15:03Z"',
  '"2026-11-21 09:15:03.1-03:30"',
  '"2026-11-21T09:15:03\\u002b00:00"',
)
const number = mostly(
  fc.constantFrom('0', '-0', '0.0', '12', '-7', '1.5', '9.6e-5', '1E+9', '2e400', '12345678901234567890'),
  ...['01', '1.', '.5', '-', '+1', '1e', '0x1', 'NaN', '-Infinity', 'Infinity'],
)
const word = mostly(fc.constantFrom('true', 'false', 'null'), 'tru', 'nul', 'True', 'falsey')
const names = ['timestamp', 'type', 'event_type', 'session_id', 'conversation_id', 'data', 'metadata', 'text']
const inner = ['pid', 'success', 'wait_for_response', 'metrics', 'is_local', 'error', 'provider', 'transport']
const more = ['provider_url', 'transcription_time', 'voice_mode_version', '__proto__', 'constructor', '']
const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...names, ...inner, ...more).map((name) => `"${name}"`) },
  fc.constantFrom('"t\\u0079pe"', '"dat\\u0061"', '"typ\\u0065 "', '"Type"'),
  mostly(quoted, 'type', "'type'"),
)

const { value: anyValue } = fc.letrec<{ value: string; object: string; array: string }>((tie) => {
  const pair = fc
    .tuple(key, blank, blank, tie('value'))
    .map(([name, before, after, value]) => `${name}${before}:${after}${value}`)
  const within = (part: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.array(fc.tuple(blank, part, blank), { maxLength: 6 }), mostly(fc.constant(''), ','))
      .map(([parts, end]) => parts.map((each) => each.join('')).join(',') + end)
  return {
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(quoted, time, number, word),
      tie('object'),
      tie('object'),
      tie('array'),
    ),
    object: within(pair).map((pairs) => `{${pairs}}`),
    array: within(tie('value')).map((values) => `[${values}]`),
  }
})

const objectOf = (pairs: Record<string, fc.Arbitrary<string>>, colon: string, comma: string) =>
  fc.record(pairs).map(
    (values) =>
      `{${Object.entries(values)
        .map(([name, value]) => `"${name}"${colon}${value}`)
        .join(comma)}}`,
  )
const leaf = fc.oneof(quoted, number, word, anyValue)
const usual = fc.constantFrom(['": ', '", '], ['":', '",']).chain(([colon = '', comma = '']) => {
  const [is, and] = [colon.slice(1), comma.slice(1)]
  const error = fc.constantFrom('null', '""', 'null', '"TimeoutError"', '"caf\u00e9"')
  const metadata = { provider_url: leaf, provider: leaf, transport: leaf, transcription_time: number, error }
  const data = {
    pid: number,
    success: word,
    wait_for_response: word,
    metrics: objectOf({ is_local: word }, is, and),
  }
  return objectOf(
    {
      timestamp: time,
      event_type: fc.constantFrom('"TTS_START"', '"TTS_ERROR"', '"TTS_\\u0045RROR"'),
      session_id: leaf,
      conversation_id: fc.oneof(quoted, fc.constant('"conv_1"')),
      type: fc.constantFrom('"tts"', '"stt"', '"other"'),
      text: quoted,
      data: fc.oneof(objectOf(data, is, and), anyValue),
      metadata: fc.oneof(objectOf(metadata, is, and), anyValue),
    },
    is,
    and,
  )
})

const mostlyNothing = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, value)

/** Whole lines, lines that are cut off, lines with something behind them, and lines in which a byte is another one. */
const anyLine = fc
  .tuple(
    fc.oneof(usual, anyValue),
    blank,
    blank,
    mostlyNothing(fc.nat(400)),
    mostlyNothing(fc.tuple(fc.nat(400), fc.nat(255))),
  )
  .map(([json, before, after, cut, change]) => {
    const bytes = Buffer.from(before + json + after)
    if (change && bytes.length > 0 && change[1] !== 0x0a) bytes[change[0] % bytes.length] = change[1]
    const line = bytes.subarray(0, cut === null ? bytes.length : cut)
    // A line holds no newline.
    return Buffer.from(line.map((byte) => (byte === 0x0a ? 0x20 : byte)))
  })

function valueAt(json: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => asObject(value)[name], json)
}

describe('for every line the scanner', () => {
  test('gives what the plain reader gives, or refuses the line', () => {
    const scanner = new Scanner(PATHS)
    let read = 0
    fc.assert(
      fc.property(anyLine, (line) => {
        const { bytes, at } = cursorOf(line)
        const end = scanner.read(bytes, at)
        if (end === REFUSED) return
        read += 1
        const json = parseJsonLine(line.toString('utf8'))
        expect(end).toBe(at + line.length)
        expect(json).toBeDefined()
        for (const [value, path] of PATHS.entries())
          expect(scanner.get(value)).toBe(json && valueAt(json, path))
      }),
      RUNS,
    )
    expect(read).toBeGreaterThan(RUNS.numRuns / 20)
  })

  test.each<[string, typeof readEventLine, typeof parseEventLine]>([
    ['event', readEventLine, parseEventLine],
    ['exchange', readExchange as never, parseExchange as never],
  ])('leads to the same %s as the plain reader', (_, readLine, parseLine) => {
    let found = 0
    const told = (line: ReturnType<typeof parseLine>) =>
      line && Object.fromEntries([...KEPT].map((name) => [name, line[name as keyof typeof line]]))
    fc.assert(
      fc.property(anyLine, (line) => {
        const cursor = cursorOf(line)
        const expected = told(parseLine(line.toString('utf8')))
        expect(told(readLine(cursor))).toEqual(expected)
        expect(cursor.at).toBe(3 + line.length)
        if (expected) found += 1
      }),
      RUNS,
    )
    expect(found).toBeGreaterThan(RUNS.numRuns / 20)
  })
})

/** What is kept of a line of either kind. */
const KEPT = [
  ...['at', 'type', 'sessionId', 'pid', 'onlySpeaks', 'success', 'isLocal', 'error'],
  ...['kind', 'conversationId', 'transport', 'version', 'provider'],
]

test.each([
  [
    'as VoiceMode writes it',
    '{"timestamp": "t", "type": "x", "data": {"pid": 12, "metrics": {"is_local": true}}}',
  ],
  ['without blanks', '{"timestamp":"t","type":"x","data":{"pid":12,"metrics":{"is_local":true}}}'],
  ['with escapes in a text that nobody wants', '{"text": "\\"\\u2019\\n", "type": "x", "data": {"pid": 1}}'],
])('a line %s is not refused', (_, line) => {
  expect(new Scanner(PATHS).read(Buffer.from(`${line}\n`), 0)).toBe(line.length)
})

test.each([
  '{"type": "a", "type": "b"}',
  '{"data": {"pid": 1}, "data": {}}',
  '{"t\\u0079pe": "a"}',
  '{"type": "\\u0041"}',
  '{"type": {"a": 1}}',
])('%s is left to the plain reader', (line) => {
  expect(new Scanner(PATHS).read(Buffer.from(`${line}\n`), 0)).toBe(REFUSED)
})

test('a time is read from bytes as it is from a text', () => {
  const part = (digits: number) => fc.stringMatching(new RegExp(`^\\d{${digits}}$`))
  const upTo = (max: number) => fc.nat(max).map((n) => String(n).padStart(2, '0'))
  const anyTime = fc
    .tuple(
      fc.oneof(part(4), fc.constantFrom('2026', '2024', '0099')),
      fc.oneof(upTo(13), part(2)),
      fc.oneof(upTo(31), part(2)),
      fc.constantFrom('T', 'T', 'T', ' ', 't', 'x'),
      fc.oneof(upTo(24), part(2)),
      fc.oneof(upTo(60), part(2)),
      fc.constantFrom('00', '59', '60', '7', '1x'),
      fc.constantFrom('', '.', '.1', '.123', '.123456', '.12345x', '.123456789', '.1234567890'),
      fc.constantFrom('Z', 'z', '', '+11:00', '-03:30', '+24:00', '+0100', '+11:00 ', '-00:60', '*11:00'),
    )
    .map(([y, m, d, t, h, min, s, f, z]) => `${y}-${m}-${d}${t}${h}:${min}:${s}${f}${z}`)
  fc.assert(
    fc.property(fc.oneof(anyTime, fc.string()), (text) => {
      const bytes = Buffer.from(`"${text}"9999999`)
      const end = 1 + Buffer.byteLength(text)
      expect(timestampIn(bytes, 1, end)).toBe(parseTimestamp(bytes.toString('utf8', 1, end)))
    }),
    RUNS,
  )
})
