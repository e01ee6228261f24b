import { execFileSync, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import { type Random, randomOf } from '../scenes/random.ts'
import { PEAK_KB } from './peak.ts'
import { pairsOf, type Row, tellProgress } from './statistics.ts'

const PEER = '@duckdb/node-api@1.5.6-r.1'
const START = 'packages/client/dist/start.js'
const DAYS = 30
/** Makes some 8 MB of logs a day. */
const CALLS_A_DAY = 1_800
/** How many calls one conversation has. */
const CALLS_A_CONVERSATION = 40

/** Tells the peak of a process when it ends, in KB. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => console.error('peak', ${PEAK_KB}))`,
)}`

/** Groups all lines of both kinds by what the client counts by. */
const GROUP = `import { DuckDBInstance } from '@duckdb/node-api'
const database = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await database.connect()
const logs = (kind, columns) =>
  "read_json('" + process.argv[2] + "/logs/" + kind + "/*.jsonl', format='newline_delimited', columns=" + columns + ')'
const exchanges = logs('conversations', \`{timestamp: 'VARCHAR', conversation_id: 'VARCHAR', type: 'VARCHAR',
  metadata: 'STRUCT(provider VARCHAR, provider_url VARCHAR, transport VARCHAR)'}\`)
const events = logs('events', "{timestamp: 'VARCHAR', event_type: 'VARCHAR', session_id: 'VARCHAR'}")
for (const query of [
  'select left(timestamp, 10) as day, type, metadata.provider, count(*) from ' + exchanges + ' group by all',
  'select left(timestamp, 10) as day, event_type, count(*) from ' + events + ' group by all',
]) console.log((await connection.runAndReadAll(query)).getRows().length)
`

interface Cost {
  ms: number
  peakMB: number
}

/**
 * Reading a month of logs, as built: one day's `preview`, and `view` until its page has the data of all days. Each whole process runs by
 * turns with DuckDB, on one thread, which groups the lines of all days.
 *
 * @param args `--runs N` pairs (7) and `--seed N` of the logs (1).
 */
export async function benchReading(scratch: string, args: string[]): Promise<Row[]> {
  const options = { runs: { type: 'string' }, seed: { type: 'string' } } as const
  const { runs = '7', seed = '1' } = parseArgs({ args, options }).values
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' })
  const peer = installPeer(scratch)
  const base = join(scratch, 'voicemode')
  const today = dayAt(Date.now())
  const bytes = await writeLogs(base, today, randomOf(Number(seed)))
  tellProgress(`${DAYS} days of logs, ${Math.round(bytes / 1e6)} MB (seed ${seed})`)
  const env = { PATH: process.env.PATH, HOME: scratch, VOICEMODE_BASE_DIR: base } as NodeJS.ProcessEnv
  const preview = ['preview', '--day', addDays(today, -DAYS / 2)]
  const cases: [what: string, limits: [string, string], own: () => Promise<Cost>][] = [
    ['preview of one day', ['≤ 0.4', '≤ 80'], () => run([START, ...preview], env)],
    ['view of all days', ['≤ 1.0', '≤ 100'], () => run([START, 'view', '--no-open'], env, readPage)],
  ]
  const rows: Row[] = []
  for (const [what, [ratio, peak], own] of cases) {
    tellProgress(what)
    const pairs = await pairsOf(Number(runs), own, () => run([peer, base], env))
    rows.push(
      { what, against: 'DuckDB', numbers: pairs.map(([one, other]) => one.ms / other.ms), target: ratio },
      { what: `${what}, memory`, against: 'MB', numbers: pairs.map(([one]) => one.peakMB), target: peak },
    )
  }
  return rows
}

/** Installs the peer in a folder of its own. @returns its program. */
function installPeer(scratch: string): string {
  const folder = join(scratch, 'peer')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  writeFileSync(join(folder, 'group.mjs'), GROUP)
  const npm = ['install', '--silent', '--no-audit', '--no-fund', PEER]
  execFileSync('npm', npm, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  return join(folder, 'group.mjs')
}

/**
 * Runs a program to its end.
 *
 * @param use what is done with the first that it prints; the time counts up to there, and the program is interrupted.
 */
async function run(
  program: readonly string[],
  env: NodeJS.ProcessEnv,
  use?: (printed: string) => Promise<void>,
): Promise<Cost> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['--import', TELL_PEAK, ...program], { env })
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  const printed = new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk))),
  )
  const ended = new Promise<number>((resolve) => child.on('close', () => resolve(performance.now())))
  let until: number | undefined
  if (use) {
    await use((await printed).trim())
    until = performance.now()
    child.kill('SIGINT')
  }
  const end = await ended
  const peak = /^peak (\d+)$/m.exec(told)
  if (!peak) throw new Error(`${program.join(' ')} failed: ${told}`)
  return { ms: (until ?? end) - begun, peakMB: Number(peak[1]) / 1024 }
}

/** Opens the viewer's page as a browser does, and takes the data of all its days. */
async function readPage(url: string): Promise<void> {
  const page = await fetch(url)
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const answer = await fetch(`${url}data.json`, { headers: { cookie } })
  const { days } = (await answer.json()) as { days: { body: string | null }[] }
  const used = days.filter(({ body }) => body !== null)
  if (used.length < DAYS) throw new Error(`the page has ${used.length} days`)
}

/** Writes both kinds of logs of the days before today, as VoiceMode does. @returns how many bytes. */
async function writeLogs(base: string, today: Day, random: Random): Promise<number> {
  let bytes = 0
  for (const folder of ['logs/conversations', 'logs/events'])
    mkdirSync(join(base, folder), { recursive: true })
  for (let n = DAYS; n > 0; n--) {
    const day = addDays(today, -n)
    const exchanges = createWriteStream(join(base, `logs/conversations/exchanges_${day}.jsonl`))
    const events = createWriteStream(join(base, `logs/events/voicemode_events_${day}.jsonl`))
    for (let call = 0; call < CALLS_A_DAY; call++) {
      const at = Date.parse(`${day}T00:00:00Z`) + Math.floor((call * 86_400_000) / CALLS_A_DAY)
      const conversation = `conv_${day}_${Math.floor(call / CALLS_A_CONVERSATION)}`
      exchanges.write(exchangesOf(at, conversation, random).map(asPython).join(''))
      events.write(eventsOf(at, random).map(asPython).join(''))
    }
    for (const file of [exchanges, events]) {
      await new Promise((resolve) => file.end(() => resolve(undefined)))
      bytes += statSync(file.path).size
    }
  }
  return bytes
}

type Json = Record<string, unknown>

/** A line as Python writes it: with a blank behind each colon and comma, and only ASCII. */
function asPython(json: Json): string {
  const text = JSON.stringify(json, null, 1).replaceAll(/,\n */g, ', ').replaceAll(/\n */g, '')
  return `${text.replaceAll(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

const WORDS = [
  'the',
  'test',
  'passes',
  'now',
  'because',
  '"main.ts"',
  'is',
  'read',
  'first\n',
  'naïve',
  'done.',
]

/** @param most how many words at most; now and then one needs an escape. */
function speech(random: Random, most: number): string {
  return Array.from({ length: random.whole(2, most) }, () => random.pick(WORDS)).join(' ')
}

function timeOf(ms: number, random: Random): string {
  return new Date(ms).toISOString().replace('Z', `${random.whole(100, 999)}+00:00`)
}

function exchangesOf(at: number, conversation: string, random: Random): Json[] {
  const metadata = {
    voice_mode_version: '8.12.0',
    model: 'tts-1',
    voice: 'af_sky',
    transport: 'local',
    is_fallback: false,
    time_to_first_audio: random.next(),
    generation_time: random.next() * 2,
    playback_time: random.next() * 9,
    timing: 'ttfa 0.4s, gen 1.2s, play 3.9s',
  }
  const servers = {
    tts: { provider: 'kokoro', provider_url: 'http://127.0.0.1:8880/v1' },
    stt: { provider: 'whisper-local', provider_url: 'http://127.0.0.1:2022/v1', transcription_time: 0.7 },
  }
  return (['tts', 'stt'] as const).map((type, n) => ({
    version: 3,
    timestamp: timeOf(at + 950 + n * 2550, random),
    conversation_id: conversation,
    type,
    text: speech(random, 160),
    project_path: '/home/user/project',
    audio_file: null,
    duration_ms: random.whole(500, 9_000),
    metadata: { ...metadata, ...servers[type] },
  }))
}

function eventsOf(at: number, random: Random): Json[] {
  const id = `voicemode_${at}`
  const played = { ttfa_ms: random.next() * 400, bytes_received: random.whole(900, 90_000), format: 'pcm' }
  const answered = { file_size_bytes: random.whole(900, 90_000), request_time_ms: 700, is_local: true }
  const steps: [afterMs: number, type: string, data: Json][] = [
    [0, 'SESSION_START', {}],
    [1, 'TOOL_REQUEST_START', { tool_name: 'converse', has_params: true, wait_for_response: true }],
    [2, 'CONCH_ACQUIRE', { pid: 4711, agent: 'converse' }],
    [3, 'TTS_START', { message: speech(random, 20), voice: 'af_sky', model: 'tts-1' }],
    [4, 'TTS_PLAYBACK_START', {}],
    [500, 'TTS_FIRST_AUDIO', {}],
    [900, 'TTS_PLAYBACK_END', { metrics: played }],
    [1_000, 'RECORDING_START', {}],
    [3_000, 'RECORDING_END', { duration: random.next() * 9, samples: random.whole(24_000, 240_000) }],
    [3_001, 'STT_START', {}],
    [3_500, 'STT_COMPLETE', { text: speech(random, 20), metrics: answered }],
    [3_501, 'SESSION_END', {}],
    [3_502, 'CONCH_RELEASE', { pid: 4711, held_seconds: random.next() * 9 }],
    [3_503, 'TOOL_REQUEST_END', { tool_name: 'converse', success: true }],
  ]
  return steps.map(([afterMs, type, data]) => ({
    timestamp: timeOf(at + afterMs, random),
    event_type: type,
    session_id: afterMs < 3_502 ? id : null,
    data,
  }))
}
