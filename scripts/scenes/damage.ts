import type { Random } from './random.ts'

const LONG_BYTES = 300_000
const DISORDER_MS = 50_000

/** Lines that no reader can use, and none may stop at. */
const DAMAGED: readonly string[] = [
  '',
  '   ',
  '[]',
  'null',
  '42',
  '"text"',
  '{',
  'not JSON at all',
  '{"timestamp": "2026-06-01T10:00:00+00:00", "event_type": "TTS_ERR',
  '{"version": 3, "timestamp": "2026-06-01T10:00:00+10:00", "conversation_id": "conv_20260601_100000_abcdef", "type": "tts", "te',
  '{"timestamp": "yesterday", "event_type": "TTS_ERROR", "session_id": null, "data": {"error": "ValueError"}}',
  '{"timestamp": "2026-06-02T10:00:00", "event_type": "TTS_ERROR", "session_id": null, "data": {}}',
  '{"timestamp": "2026-02-30T10:00:00Z", "conversation_id": "conv_x", "type": "tts"}',
  '{"timestamp": null, "conversation_id": "conv_x", "type": "tts", "metadata": {"provider": "kokoro"}}',
  '{"conversation_id": "conv_x", "type": "stt", "text": "no time"}',
  '{"timestamp": "2026-06-02T10:00:00Z", "type": "tts", "text": "no conversation"}',
  '{"timestamp": "2026-06-02T10:00:00Z", "conversation_id": "conv_x", "type": "note"}',
  '{"timestamp": "2026-06-02T10:00:00Z", "conversation_id": 7, "type": "tts"}',
  '{"timestamp": "2026-06-02T10:00:00Z", "event_type": 7, "session_id": null, "data": {}}',
  'x'.repeat(LONG_BYTES),
  `{"timestamp": "2026-06-02T10:00:00Z", "text": "${'y'.repeat(LONG_BYTES)}`,
]
/** No UTF-8, and no JSON. */
const BYTES = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0xc3, 0x28, 0x00, 0x0a])
const CHANCE_OF_DAMAGE = 0.2

/** Lines of two processes can stand in the order in which the disk took them, not in that of their times. */
function inDisorder(random: Random, lines: readonly string[]): string[] {
  const mixed = [...lines]
  for (let n = 1; n < mixed.length; n++) {
    const [before = '', line = ''] = [mixed[n - 1], mixed[n]]
    if (random.chance(0.3) && areClose(before, line)) [mixed[n - 1], mixed[n]] = [line, before]
  }
  return mixed
}

/** Whether two exchanges were written one after the other within moments. */
function areClose(before: string, line: string): boolean {
  const [first = 0, second = 0] = [before, line].map((text) => Date.parse(JSON.parse(text).timestamp))
  return second > first && second - first < DISORDER_MS
}

/** The bytes of a log, now and then with lines between its own that are cut off, or that something else wrote. */
export function damaged(random: Random, path: string, written: readonly string[]): Uint8Array {
  const lines =
    path.includes('exchanges_') && random.chance(CHANCE_OF_DAMAGE) ? inDisorder(random, written) : written
  const encoder = new TextEncoder()
  if (!random.chance(CHANCE_OF_DAMAGE)) return encoder.encode(lines.map((line) => `${line}\n`).join(''))
  const mixed = lines.flatMap((line) => (random.chance(0.03) ? [random.pick(DAMAGED), line] : [line]))
  const head = mixed.slice(0, random.whole(0, mixed.length))
  const tail = mixed.slice(head.length)
  const end = random.chance(0.5) ? '{"timestamp": "2026-06-01T1' : ''
  return Buffer.concat([
    encoder.encode(head.map((line) => `${line}\n`).join('')),
    random.chance(0.5) ? BYTES : new Uint8Array(),
    encoder.encode(tail.map((line) => `${line}\n`).join('') + end),
  ])
}
