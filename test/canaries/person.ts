import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { addDays } from '@voicemode-telemetry/protocol'
import { USED_DAY } from '../../packages/client/test/logs.ts'
import { canary } from './canary.ts'
import { PLACES } from './places.ts'

export const DAYS = [addDays(USED_DAY, -2), addDays(USED_DAY, -1), USED_DAY]

/** A machine whose every file, folder and variable holds canaries. */
export class Person implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'canaries-'))
  readonly home = join(this.root, canary('name of a file or folder: home directory'))
  readonly base = join(this.home, '.voicemode')
  readonly project = join(this.home, canary('name of a file or folder: project folder'))
  readonly temporary = join(this.root, canary('name of a file or folder: temporary folder'))
  /** What a test has put into files, by their whole paths. It may stay there. */
  readonly written = new Map<string, string>()

  constructor() {
    mkdirSync(this.temporary, { recursive: true })
    mkdirSync(this.project, { recursive: true })
    this.writeLogs()
    this.writeSettings()
    this.installVoiceMode()
  }

  /** @param path below the home directory. */
  write(path: string, content: string): string {
    const whole = join(this.home, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, content)
    this.written.set(whole, `${this.written.get(whole) ?? ''}${whole}${content}`)
    return whole
  }

  writeLogs(): void {
    const folder = '.voicemode/logs'
    for (const day of DAYS) {
      this.write(`${folder}/conversations/exchanges_${day}.jsonl`, conversations(day).join('\n'))
      this.write(`${folder}/events/voicemode_events_${day}.jsonl`, events(day).join('\n'))
    }
    const older = ['text', 'project_path', 'metadata.provider'] as const
    const lines = older.map((field, n) =>
      exchange(DAYS[0] ?? '', n, {
        version: 1,
        ...spoiltAt(field, canary(`conversation log up to 2.16: ${field}`)),
      }),
    )
    this.write(`${folder}/exchanges_${DAYS[0]}.jsonl`, lines.join('\n'))
    this.write(
      `${folder}/conversations/exchanges_${canary('name of a file or folder: a log file')}.jsonl`,
      '{}',
    )
  }

  writeSettings(): void {
    const of = (name: (typeof PLACES)['settings file'][number]) => canary(`settings file: ${name}`)
    this.write(
      '.voicemode/voicemode.env',
      [
        `# ${of('a comment')}`,
        `${of('a key')}=1`,
        `OPENAI_API_KEY=${of('OPENAI_API_KEY')}`,
        `VOICEMODE_VOICES="${of('VOICEMODE_VOICES over two lines')}\n${of('VOICEMODE_VOICES over two lines')}"`,
        `VOICEMODE_TTS_BASE_URLS=http://${of('VOICEMODE_TTS_BASE_URLS')}/v1`,
        of('a line that is none'),
        '',
      ].join('\n'),
    )
    this.write('.voicemode/.voicemode.env', `A=${of('the older file')}\n`)
    const project = this.project.slice(this.home.length + 1)
    this.write(
      `${project}/.voicemode.env`,
      `# ${of("a project's comment")}\nVOICEMODE_VOICES=${of("a project's value")}\nVOICEMODE_TELEMETRY_ENDPOINT=http://${of("a project's endpoint")}.invalid\n`,
    )
    this.write(`${project}/.env`, `OPENAI_API_KEY=${of("a project's .env")}\n`)
  }

  installVoiceMode(): void {
    const of = (name: (typeof PLACES)['installation of VoiceMode'][number]) =>
      canary(`installation of VoiceMode: ${name}`)
    const prefix = canary('name of a file or folder: virtual environment')
    const metadata = `${prefix}/lib/python3.12/site-packages/voice_mode-8.12.0.dist-info`
    this.write(`${prefix}/pyvenv.cfg`, `home = /usr/bin\nprompt = ${of('pyvenv.cfg')}\n`)
    this.write(
      `${prefix}/bin/voicemode`,
      `#!/${of('bin/voicemode')}/bin/python\nfrom voice_mode.cli import voice_mode\n`,
    )
    this.write(`${metadata}/METADATA`, `Name: voice-mode\nVersion: 8.12.0\nAuthor: ${of('METADATA')}\n`)
    this.write(`${metadata}/INSTALLER`, of('INSTALLER'))
    this.write(`${metadata}/RECORD`, of('RECORD'))
    this.write(
      `${metadata}/direct_url.json`,
      JSON.stringify({ url: `file:///${of('direct_url.json')}`, dir_info: {} }),
    )
  }

  /** Files of the client, as an older version or another program may have left them. After the yes. */
  writeReadBack(): void {
    const of = (name: (typeof PLACES)['file that the client reads back'][number]) =>
      canary(`file that the client reads back: ${name}`)
    const event = (note: string) => JSON.stringify({ event_id: '0123456789abcdef', note, timestamp: DAYS[0] })
    const history = '.voicemode/logs/telemetry'
    const receipt = JSON.parse(readFileSync(join(this.base, 'telemetry_consent.json'), 'utf8'))
    this.write(
      '.voicemode/telemetry_consent.json',
      JSON.stringify({ ...receipt, note: of('telemetry_consent.json, an unknown key') }),
    )
    this.write(
      '.voicemode/telemetry_state.json',
      JSON.stringify({
        note: of('telemetry_state.json, an unknown key'),
        caller: { mcpHost: of('telemetry_state.json, the assistant') },
        lastFailure: { at: Date.now() - 1000, why: of('telemetry_state.json, the last failure') },
      }),
    )
    this.write(
      '.voicemode/telemetry_queue/event_0123456789abcdef.json',
      event(of('the queue, an unknown key')),
    )
    this.write('.voicemode/telemetry_queue/event_0123456789abcdee.json', of('the queue, no JSON'))
    this.write('.voicemode/telemetry_queue/note.txt', of('the queue, another file'))
    this.write(
      `.voicemode/telemetry_queue/event_${canary('name of a file or folder: a file of the queue')}.json`,
      '{}',
    )
    this.write(`${history}/sent/event_0123456789abcded.json`, event(of('the history, an unknown key')))
    this.write(`${history}/sent/note.txt`, of('the history, another file'))
    this.write(
      `${history}/sent/event_${canary('name of a file or folder: a file of the history')}.json`,
      '{}',
    )
    this.write(`${history}/rejected/event_0123456789abcdec.json`, event(''))
    this.write(
      `${history}/rejected/event_0123456789abcdec.reason.json`,
      JSON.stringify({
        status: 422,
        type: of('a reason, its type'),
        [of('a reason, an unknown key')]: 1,
        problems: [{ field: 'x', expected: of('a reason, what was expected') }],
      }),
    )
  }

  /** What a shell hands on. A no is given apart, for it would end the rest. */
  get environment(): Record<string, string> {
    const names = PLACES['environment variable'].filter(
      (name) => !/^(DO_NOT_TRACK|HTTPS_PROXY .*)$/.test(name),
    )
    const prefix = join(this.home, canary('name of a file or folder: virtual environment'))
    return {
      ...Object.fromEntries(names.map((name) => [name, canary(`environment variable: ${name}`)])),
      PATH: `${join(prefix, 'bin')}:${process.env.PATH}`,
      VIRTUAL_ENV: prefix,
      HOME: this.home,
      USERPROFILE: this.home,
      TMPDIR: this.temporary,
      TMP: this.temporary,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(OPERATING_SYSTEM)}`,
    }
  }

  [Symbol.dispose](): void {
    // A process in the background may still be writing.
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 })
  }
}

const OPERATING_SYSTEM = `
  import os from 'node:os'
  import { syncBuiltinESMExports } from 'node:module'
  const { userInfo } = os
  os.hostname = () => '${canary('operating system: host name')}'
  os.userInfo = (options) => ({ ...userInfo(options), username: '${canary('operating system: user name')}' })
  syncBuiltinESMExports()`

type Json = Record<string, unknown>

/** A field of a line, or of its `metadata` or `data`, with a value. */
function spoiltAt(field: string, value: unknown): Json {
  return field
    .split('.')
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as Json
}

function merge(one: Json, other: Json): Json {
  const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null
  return Object.fromEntries([
    ...Object.entries(one),
    ...Object.entries(other).map(([key, value]) => {
      const before = one[key]
      return [key, isJson(before) && isJson(value) ? merge(before, value) : value]
    }),
  ])
}

/** @param nth of the day: lines are 10 seconds apart. */
function timeOf(day: string, nth: number): string {
  return new Date(Date.parse(`${day}T10:00:00Z`) + nth * 10_000).toISOString()
}

function exchange(day: string, nth: number, other: Json): string {
  const line = {
    version: 3,
    timestamp: timeOf(day, nth),
    conversation_id: 'conv_a',
    type: nth % 2 === 0 ? 'tts' : 'stt',
    text: 'said',
    metadata: {
      voice_mode_version: '8.12.0',
      provider: nth % 2 === 0 ? 'kokoro' : 'whisper',
      transport: 'local',
    },
  }
  return JSON.stringify(merge(line, other))
}

/** A line for each place, and plain ones between. */
function conversations(day: string): string[] {
  return PLACES['conversation log'].flatMap((place, nth) => {
    const secret = canary(`conversation log: ${place}`)
    const at = 2 * nth
    const line = (other: Json) => [exchange(day, at, other), exchange(day, at + 1, {})]
    switch (place) {
      case 'a line that is no JSON':
        return [`{"text": "${secret}`, ...line({})]
      case 'an unknown key':
        return line({ [secret]: 1 })
      case 'an unknown value':
        return line({ who: { name: [secret] } })
      case 'conversation_id +':
        return line({ conversation_id: `conv_a${secret}` })
      case 'metadata as a text':
        return line({ metadata: secret })
      case 'metadata.an unknown key':
        return line({ metadata: { [secret]: secret } })
      case 'metadata.voice_mode_version +':
        return line({ metadata: { voice_mode_version: `8.12.0+${secret}` } })
      case 'metadata.provider +':
        return line({ metadata: { provider: `kokoro${secret}` } })
      case 'metadata.transport +':
        return line({ metadata: { transport: `local${secret}` } })
      case 'metadata.provider_url':
        return line({ metadata: { provider_url: `https://${secret}.example/v1` } })
      case 'metadata.provider_url user':
        return line({ metadata: { provider_url: `https://${secret}@api.openai.com/v1` } })
      case 'metadata.provider_url path':
        return line({ metadata: { provider_url: `http://127.0.0.1:8880/${secret}` } })
      default:
        return line(spoiltAt(place, secret))
    }
  })
}

/** A call for each place. */
function events(day: string): string[] {
  return PLACES['event log'].flatMap((place, nth) => {
    const secret = canary(`event log: ${place}`)
    const line = (event_type: string, step: number, data: Json, other: Json = {}) =>
      JSON.stringify(
        merge(
          { timestamp: timeOf(day, 2 * nth + step / 10), event_type, session_id: `s${nth}`, data },
          other,
        ),
      )
    const call = (other: Json, type = 'STT_COMPLETE') => [
      line('TOOL_REQUEST_START', 0, { tool_name: 'converse', wait_for_response: true }),
      line('TTS_START', 1, {}, other),
      line('TTS_FIRST_AUDIO', 2, {}),
      line(type, 3, { metrics: { is_local: true } }, other),
      line('TTS_ERROR', 4, {}, other),
      line('TOOL_REQUEST_END', 5, { tool_name: 'converse', success: true }),
    ]
    switch (place) {
      case 'a line that is no JSON':
        return [...call({}), `{"data": "${secret}`]
      case 'an unknown key':
        return call({ [secret]: secret })
      case 'event_type +':
        return call({}, `STT_COMPLETE${secret}`)
      case 'session_id +':
        return call({ session_id: `s${nth}${secret}` })
      case 'data as a text':
        return call({ data: secret })
      case 'data.an unknown key':
        return call({ data: { [secret]: secret } })
      default:
        return call(spoiltAt(place, secret))
    }
  })
}
