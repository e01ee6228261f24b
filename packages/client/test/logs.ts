import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { exampleEnvironment } from '../../../scripts/exampleEnvironment.ts'
import { createHost, type HostOptions } from '../src/createHost.ts'
import type { Host } from '../src/host.ts'
import type { DetectedEnvironment } from '../src/settings/environment.ts'

/** Log files of a test, as lines, by their names. */
export interface LogFolder {
  conversations: Map<string, string[]>
  events: Map<string, string[]>
}

/** A home directory of a test's own; it is gone after `using` ends. */
export class Home implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'voicemode-home-'))
  readonly base = join(this.path, '.voicemode')

  writeLogs(logs: LogFolder): void {
    for (const [folder, files] of [
      ['conversations', logs.conversations],
      ['events', logs.events],
    ] as const) {
      mkdirSync(join(this.base, 'logs', folder), { recursive: true })
      for (const [name, lines] of files) {
        writeFileSync(join(this.base, 'logs', folder, name), lines.map((line) => `${line}\n`).join(''))
      }
    }
  }

  write(path: string, content: string | Uint8Array): void {
    const whole = join(this.path, path)
    mkdirSync(join(whole, '..'), { recursive: true })
    writeFileSync(whole, content)
  }

  /** A host with this home, no settings but those given, and no CI around it. */
  host(options: HostOptions = {}): Host {
    return createHost({
      env: {},
      homeDirectory: this.path,
      workingDirectory: this.path,
      systemRoot: this.path,
      isCI: false,
      ...options,
    })
  }

  [Symbol.dispose](): void {
    // A process in the background may still be writing.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** An environment as `detectEnvironment` finds one. */
const {
  exec_source: _source,
  version: _version,
  ...machine
} = exampleEnvironment({
  install_method: 'uv',
  mcp_host: 'unknown',
})
export const ENVIRONMENT: DetectedEnvironment = { ...machine, installedVersion: undefined }

/** A day that is over and due at whatever hour a test runs: yesterday is not, just after midnight. */
export const USED_DAY = addDays(dayAt(Date.now()), -2)

/** The day that generated logs turn around. */
export const DAY = '2026-11-20'
const NOON = Date.parse(`${DAY}T12:00:00Z`)

export interface LineOptions {
  at: string
  id?: string
  type?: string
  metadata?: Record<string, unknown>
}

export function exchangeLine({ at, id = 'conv_a', type = 'tts', metadata = {} }: LineOptions): string {
  return JSON.stringify({
    version: 3,
    timestamp: at,
    conversation_id: id,
    type,
    text: 'said in private',
    metadata,
  })
}

/** An instant in some zone as a log writes it, with the local date that names its file. */
const instant = fc
  .record({
    // Half of the instants lie near the day's ends, where mistakes live.
    ms: fc.oneof(
      fc.integer({ min: -40 * 3600_000, max: 40 * 3600_000 }).map((offset) => NOON + offset),
      fc
        .tuple(fc.constantFrom(-12, 12), fc.integer({ min: -400_000, max: 400_000 }))
        .map(([h, ms]) => NOON + h * 3600_000 + ms),
    ),
    micros: fc.integer({ min: 0, max: 999 }),
    zone: fc.constantFrom(0, 60, -300, 660, 345, -720, 840),
    zulu: fc.boolean(),
  })
  .map(({ ms, micros, zone, zulu }) => {
    const local = new Date(ms + zone * 60_000).toISOString()
    const hours = String(Math.trunc(Math.abs(zone) / 60)).padStart(2, '0')
    const minutes = String(Math.abs(zone) % 60).padStart(2, '0')
    const suffix = zone === 0 && zulu ? 'Z' : `${zone < 0 ? '-' : '+'}${hours}:${minutes}`
    const fraction =
      micros === 0 ? local.slice(19, 23) : `${local.slice(19, 23)}${String(micros).padStart(3, '0')}`
    return { at: `${local.slice(0, 19)}${fraction}${suffix}`, file: local.slice(0, 10) }
  })

const errorText = fc.constantFrom(
  undefined,
  null,
  '',
  'openai.APIError: nope',
  'Got ValueError after ConnectionError.',
  'requests.exceptions.HTTPError',
  'something private went wrong',
  'MyTypeError',
)

const metadata = fc.record(
  {
    voice_mode_version: fc.constantFrom('8.12.0', '8.11.3.dev1+g12', '7.0.0', 'mine', null, 8),
    provider: fc.constantFrom('openai', 'kokoro', 'Whisper', 'whisper-local', 'elevenlabs', '', null, 3),
    provider_url: fc.constantFrom(
      'http://127.0.0.1:8880/v1',
      'http://localhost:2022/v1',
      'https://api.openai.com/v1',
      'https://my.host/v1',
      '',
      null,
    ),
    transport: fc.constantFrom('local', 'livekit', 'pigeon', '', null),
    error: errorText,
    error_type: fc.constantFrom(undefined, 'TimeoutError', 'Odd'),
    secret: fc.string(),
  },
  { requiredKeys: [] },
)

const exchange = fc
  .record({
    time: instant,
    id: fc.constantFrom('conv_a', 'conv_b', 'conv_c', 'conv_d', 'conv_e'),
    type: fc.constantFrom('tts', 'stt', 'tts', 'stt', 'note'),
    metadata: fc.option(metadata, { nil: undefined }),
    text: fc.string(),
  })
  .map(({ time, id, ...line }) => ({
    file: time.file,
    line: JSON.stringify({
      timestamp: time.at,
      conversation_id: id,
      project_path: '/home/ann/secret',
      ...line,
    }),
  }))

const logEvent = fc
  .record({
    time: instant,
    event_type: fc.constantFrom(
      'SESSION_START',
      'TTS_START',
      'STT_START',
      'TTS_ERROR',
      'NEW_ERROR',
      'TOOL_REQUEST_END',
      'CONCH_WAIT',
    ),
    session_id: fc.constantFrom('call_1', 'call_2', 'call_3', null),
    data: fc.record(
      {
        success: fc.constantFrom(true, false, 'false', null),
        error: errorText,
        message: errorText,
        error_type: fc.constantFrom('PermissionError', 'Odd', null),
        tool_name: fc.string(),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ time, ...line }) => ({ file: time.file, line: JSON.stringify({ timestamp: time.at, ...line }) }))

const damaged = fc.record({
  file: fc.constantFrom('2026-11-19', '2026-11-20', '2026-11-21'),
  line: fc.oneof(
    fc.constantFrom(
      '',
      '[]',
      'null',
      '{',
      '{"timestamp":"2026-11-20T10:00:00+00:00"',
      '{"timestamp":"yesterday","conversation_id":"conv_a","type":"tts"}',
      '{"timestamp":"2026-11-20T10:00:00","conversation_id":"conv_a","type":"tts","event_type":"TTS_ERROR"}',
      '{"timestamp":"2026-11-20T10:00:00Z"}',
    ),
    fc.string().map((text) => text.replace(/[\r\n]/g, '')),
  ),
})

interface FileLine {
  file: string
  line: string
}

function files(prefix: string, lines: FileLine[]): Map<string, string[]> {
  const byFile = Map.groupBy(lines, ({ file }) => `${prefix}${file}.jsonl`)
  return new Map([...byFile].map(([name, members]) => [name, members.map(({ line }) => line)]))
}

/** Logs of any kind around {@link DAY}, in any order and several zones, damaged lines among them. */
export const anyLogs: fc.Arbitrary<LogFolder> = fc
  .record({
    exchanges: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: exchange }, damaged), { maxLength: 60 }),
      },
      { weight: 1, arbitrary: fc.constant([] as FileLine[]) },
    ),
    events: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: logEvent }, damaged), { maxLength: 40 }),
      },
      { weight: 1, arbitrary: fc.constant([] as FileLine[]) },
    ),
  })
  .map(({ exchanges, events }) => ({
    conversations: files('exchanges_', exchanges),
    events: files('voicemode_events_', events),
  }))
