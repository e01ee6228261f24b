import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FIELDS } from '@voicemode-telemetry/protocol'
import type { Micros } from '../../../scripts/scenes/clock.ts'
import type { Call, Done, Step, Utterance } from '../../../scripts/scenes/done.ts'
import type { Usage } from '../../../scripts/scenes/truth.ts'

const FOLDER = fileURLToPath(new URL('./fixtures', import.meta.url))

/** Logs that VoiceMode's own code wrote, and what had really happened. */
export interface Recorded {
  name: string
  /** What lies in VOICEMODE_BASE_DIR. */
  base: string
  version: string
  usage: Record<string, Usage | null>
  done: Done
}

/** Every recorded set. */
export function recordedSets(): Recorded[] {
  return globSync('**/truth.json', { cwd: FOLDER })
    .sort()
    .map((path) => {
      const folder = join(FOLDER, dirname(path))
      const base = join(folder, 'base')
      const exchanges = globSync('logs/**/exchanges_*.jsonl', { cwd: base })
        .sort()
        .flatMap((file) => readFileSync(join(base, file), 'utf8').trim().split('\n'))
        .map((line) => JSON.parse(line) as RecordedExchange)
      const { version, usage } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'))
      const records = JSON.parse(readFileSync(join(folder, 'calls.json'), 'utf8')) as RecordedCall[]
      const done = doneOf(records, exchanges, version)
      return { name: relative(FOLDER, folder), base, version, usage, done }
    })
}

/** The notice that was valid when the truth was written down. */
const RECORDED_NOTICE = 1

/** Only the fields that the records know. Newer ones are judged by the scenes. */
export function asRecorded(usage: object): object {
  const newer = FIELDS.filter(({ sinceNotice }) => sinceNotice > RECORDED_NOTICE).map(({ path }) => path)
  return Object.fromEntries(Object.entries(usage).filter(([field]) => !newer.includes(`usage.${field}`)))
}

interface RecordedCall {
  began: string
  ended: string
  outcome: Call['outcome']
  failed_step: Step | null
  /** It failed, and no log tells so. */
  unseen?: boolean
  spoken_by: string | null
  transcribed_by: string | null
  conversation_id: string
}

interface RecordedExchange {
  timestamp: string
  conversation_id: string
  type: 'tts' | 'stt'
  metadata: { provider: string; provider_url?: string; transport?: string }
}

/** What was done, by its record. Of the lines it takes when each was written, and whom it names where nothing else can tell. */
function doneOf(records: RecordedCall[], exchanges: RecordedExchange[], version: string): Done {
  const calls = records.map((record) => ({
    began: micros(record.began),
    ended: micros(record.ended),
    outcome: record.outcome,
    ...(record.failed_step && !record.unseen && { failedStep: record.failed_step }),
    sounded: 0,
  }))
  const utterances = exchanges.map((exchange): Utterance => {
    const at = micros(exchange.timestamp)
    const record = records.find(
      ({ began, ended, conversation_id }) =>
        micros(began) <= at && at <= micros(ended) && conversation_id === exchange.conversation_id,
    )
    if (!record) throw new Error(`no call wrote the exchange of ${exchange.timestamp}`)
    const provider = providerOf(exchange, record, version)
    return {
      at,
      conversationId: exchange.conversation_id,
      type: exchange.type,
      ...(exchange.metadata.transport && { transport: 'local' }),
      ...(provider && { provider }),
      version,
    }
  })
  return { calls, utterances, failures: [], eventLines: calls.map(({ ended }) => ended) }
}

function providerOf({ type, metadata }: RecordedExchange, record: RecordedCall, version: string) {
  const named = NAMES[metadata.provider_url ?? metadata.provider]
  if (type === 'tts') return atLeast(version, 2, 17) ? (record.spoken_by ?? undefined) : named
  const isHeardOnce = metadata.transport !== 'survey'
  if (!atLeast(version, 7, 1) || !isHeardOnce)
    return record.transcribed_by || !isHeardOnce ? named : silentlyNamed()
  if (record.transcribed_by === 'openai' && named !== 'openai') return 'remote'
  return record.transcribed_by ?? undefined

  /** Only since 6.0 is silence told from a transcription. */
  function silentlyNamed() {
    return atLeast(version, 6, 0) ? undefined : named
  }
}

const NAMES: Record<string, string> = {
  openai: 'openai',
  'https://api.openai.com/v1': 'openai',
  whisper: 'whisper-local',
  'http://127.0.0.1:2022/v1': 'whisper-local',
  'http://127.0.0.1:8890/v1': 'mlx-audio',
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}

function micros(timestamp: string): Micros {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(timestamp) ?? []
  return Date.parse(`${seconds}${zone}`) * 1000 + Number(fraction.padEnd(6, '0'))
}
