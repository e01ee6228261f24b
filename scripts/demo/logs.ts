import { addDays, type Day, dayAt, daysFromTo, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import type { DetectedEnvironment } from 'voicemode-telemetry'

/** A made-up installation: how one person uses VoiceMode. */
export interface Installation {
  /** Its folder's name. */
  name: string
  environment: DetectedEnvironment
  /** Its log files, in VoiceMode's own format. */
  logs: LogFile[]
}

interface LogFile {
  /** Below the base directory. */
  path: string
  text: string
}

type Random = () => number
type Choice<Value> = readonly (readonly [Value, number])[]

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000

const ZONES_MINUTES: Choice<number> = [
  ...([-480, -420, -300, -180, 330, 540, 660] as const).map((zone) => [zone, 1] as const),
  ...([0, 60, 120] as const).map((zone) => [zone, 2] as const),
]

/** What a person keeps for a while. Days count from the first day of the logs. */
interface Habits {
  zoneMinutes: number
  firstDay: number
  lastDay: number
  /** Chance of using it on a working day. */
  eagerness: number
  sessionsPerDay: number
  callsPerSession: number
  usesKokoroFrom: number
  usesWhisperFrom: number
  usesLivekitUntil: number
  updatesTo11On: number
  updatesTo12On: number
  keepsConversations: boolean
  keepsEvents: boolean
}

/**
 * Makes up one installation and its logs of some UTC days. The same arguments always give the same logs.
 *
 * @param index its number among the installations of this seed.
 */
export function makeInstallation(seed: number, index: number, first: Day, last: Day): Installation {
  const random = randomOf(seed * 100_003 + index)
  const habits = makeHabits(random, daysFromTo(first, last).length)
  const files = new Map<string, string[]>()
  const write = (kind: 'conversations/exchanges' | 'events/voicemode_events', atMs: number, line: object) => {
    const path = `logs/${kind}_${dayAt(atMs + habits.zoneMinutes * MS_PER_MINUTE)}.jsonl`
    const lines = files.get(path) ?? []
    files.set(path, lines)
    lines.push(`${JSON.stringify(line)}\n`)
  }
  const endMs = startOfDay(last) + MS_PER_DAY
  // Local days begin up to half a day before and after the UTC days they are named after.
  daysFromTo(first, addDays(last, 1)).forEach((day, dayIndex) => {
    for (const startMs of sessionStarts(random, habits, day, dayIndex)) {
      const session = makeSession(random, habits, startMs, dayIndex)
      if (startMs < startOfDay(first) || session.endMs >= endMs) continue
      for (const { atMs, line } of session.exchanges) {
        if (habits.keepsConversations) write('conversations/exchanges', atMs, line)
      }
      for (const { atMs, line } of session.events) {
        if (habits.keepsEvents) write('events/voicemode_events', atMs, line)
      }
    }
  })
  return {
    name: `installation-${String(index + 1).padStart(3, '0')}`,
    environment: makeEnvironment(random),
    logs: [...files].map(([path, lines]) => ({ path, text: lines.join('') })),
  }
}

function makeHabits(random: Random, days: number): Habits {
  const chance = (probability: number) => random() < probability
  const day = (from: number, to: number) => Math.floor(from + random() * (to - from))
  const isLocal = chance(0.6)
  const never = Number.POSITIVE_INFINITY
  const release12On = days * 0.4
  return {
    zoneMinutes: choose(random, ZONES_MINUTES),
    firstDay: chance(0.65) ? 0 : day(1, days),
    lastDay: chance(0.85) ? never : day(5, days),
    eagerness: 0.15 + 0.8 * random(),
    sessionsPerDay: Math.min(20, Math.exp(0.9 + 0.8 * gauss(random))),
    callsPerSession: 1 + 6 * random() ** 2,
    usesKokoroFrom: isLocal ? 0 : chance(0.35) ? day(0, days * 1.5) : never,
    usesWhisperFrom: isLocal && chance(0.9) ? 0 : chance(0.3) ? day(0, days * 1.5) : never,
    usesLivekitUntil: chance(0.24) ? day(-days * 0.2, days * 1.3) : 0,
    updatesTo11On: chance(0.6) ? 0 : day(0, days),
    updatesTo12On: chance(0.85) ? release12On - Math.log(1 - random()) * days * 0.2 : never,
    keepsConversations: !chance(0.03),
    keepsEvents: !chance(0.1),
  }
}

function makeEnvironment(random: Random): Installation['environment'] {
  return {
    os_type: choose(random, [
      ['Darwin', 55],
      ['Linux', 35],
      ['Windows', 10],
    ]),
    install_method: choose(random, [
      ['uv', 70],
      ['pip', 18],
      ['dev', 7],
      ['unknown', 5],
    ]),
    mcp_host: choose(random, [
      ['claude-code', 58],
      ['claude-desktop', 14],
      ['cursor', 10],
      ['cline', 4],
      ['windsurf', 3],
      ['vscode', 4],
      ['zed', 2],
      ['codex', 2],
      ['unknown', 3],
    ]),
    installedVersion: undefined,
  }
}

/** When the sessions of a local day begin: some between morning and night, fewer at the weekend, none overlapping. */
function sessionStarts(random: Random, habits: Habits, day: Day, dayIndex: number): number[] {
  const isWeekend = [0, 6].includes(new Date(startOfDay(day)).getUTCDay())
  const isUsed = random() < habits.eagerness * (isWeekend ? 0.4 : 1)
  if (!isUsed || dayIndex < habits.firstDay || dayIndex > habits.lastDay) return []
  const sessions = 1 + Math.floor(-Math.log(1 - random()) * habits.sessionsPerDay * (isWeekend ? 0.6 : 1))
  const opensMs = startOfDay(day) - habits.zoneMinutes * MS_PER_MINUTE + (7 + 5 * random()) * MS_PER_HOUR
  const slotMs = (15 * MS_PER_HOUR) / Math.max(sessions, 8)
  return Array.from({ length: Math.min(sessions, 40) }, (_, n) =>
    Math.floor(opensMs + (n + random() * 0.3) * slotMs),
  )
}

interface Written {
  atMs: number
  line: object
}

/** A few calls of the `converse` tool, each of which speaks and listens. */
function makeSession(random: Random, habits: Habits, startMs: number, dayIndex: number) {
  const calls = Math.min(30, 1 + Math.floor(-Math.log(1 - random()) * habits.callsPerSession))
  const conversationId = `conv_${new Date(startMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}_${idOf(random)}`
  const version =
    dayIndex >= habits.updatesTo12On ? '8.12.0' : dayIndex >= habits.updatesTo11On ? '8.11.0' : '8.10.2'
  const transport = dayIndex < habits.usesLivekitUntil ? 'livekit' : 'local'
  // A local server speaks OpenAI's protocol, and some versions log it under that name.
  const kokoro = { provider: random() < 0.2 ? 'openai' : 'kokoro', provider_url: 'http://127.0.0.1:8880/v1' }
  const whisper = { provider: 'whisper', provider_url: 'http://127.0.0.1:2022/v1' }
  const openai = { provider: 'openai', provider_url: 'https://api.openai.com/v1' }
  const custom = { provider: 'custom', provider_url: 'http://127.0.0.1:9000/v1' }
  const isCustom = random() < 0.02
  const tts = isCustom ? custom : dayIndex >= habits.usesKokoroFrom ? kokoro : openai
  const stt = isCustom ? custom : dayIndex >= habits.usesWhisperFrom ? whisper : openai
  const failureRate = 0.015 + (transport === 'livekit' ? 0.03 : 0) + (version === '8.12.0' ? 0.01 : 0)

  const exchanges: Written[] = []
  const events: Written[] = []
  let atMs = startMs
  for (let call = 0; call < calls; call++) {
    const sessionId = `conv_${atMs}`
    const error = random() < failureRate ? choose(random, ERRORS) : undefined
    const event = (event_type: string, data: object = {}) => {
      events.push({ atMs, line: { timestamp: utcStamp(atMs), event_type, session_id: sessionId, data } })
      atMs += Math.floor(50 + 400 * random())
    }
    const exchange = (type: 'tts' | 'stt', server: object) => {
      const durationMs = Math.floor(1500 + 9000 * random())
      const line = {
        version: 3,
        timestamp: localStamp(atMs, habits.zoneMinutes),
        conversation_id: conversationId,
        type,
        text: `Demo utterance ${exchanges.length + 1}.`,
        project_path: '/demo/project',
        audio_file: null,
        duration_ms: durationMs,
        metadata: {
          voice_mode_version: version,
          model: type === 'tts' ? 'tts-1' : 'whisper-1',
          ...server,
          transport,
          timing: 'ttfa 0.4s, gen 1.2s',
          ...(error && type === 'stt' && { error }),
        },
      }
      exchanges.push({ atMs, line })
      atMs += durationMs
    }
    event('TOOL_REQUEST_START', { tool_name: 'converse' })
    event('SESSION_START')
    event('TTS_START', { model: 'tts-1' })
    exchange('tts', tts)
    event('TTS_PLAYBACK_END')
    event('STT_START')
    exchange('stt', stt)
    if (error) event('STT_ERROR', { error })
    else event('STT_COMPLETE')
    event('SESSION_END')
    event('TOOL_REQUEST_END', { tool_name: 'converse', success: !error })
    atMs += Math.floor(5_000 + 85_000 * random() ** 2)
  }
  return { exchanges, events, endMs: atMs }
}

const ERRORS: Choice<string> = [
  ['ConnectionError: no server at the address', 40],
  ['TimeoutError: no answer in time', 25],
  ['openai.RateLimitError: too many requests', 15],
  ['openai.AuthenticationError: the key was refused', 8],
  ['OSError: no input device', 7],
  ['stopped for a reason without a name', 5],
]

function utcStamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000+00:00')
}

function localStamp(atMs: number, zoneMinutes: number): string {
  const local = new Date(atMs + zoneMinutes * MS_PER_MINUTE).toISOString().replace('Z', '000')
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(Math.abs(zoneMinutes) / 60), Math.abs(zoneMinutes) % 60]
  return `${local}${zoneMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}

function idOf(random: Random): string {
  return Math.floor(random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0')
}

function choose<const Value>(random: Random, choices: Choice<Value>): Value {
  let left = random() * choices.reduce((sum, [, weight]) => sum + weight, 0)
  const found = choices.find(([, weight]) => {
    left -= weight
    return left < 0
  })
  if (!found) throw new RangeError('a choice needs a weight above 0')
  return found[0]
}

/** Normally distributed around 0 with deviation 1 (Box and Muller). */
function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Numbers from 0 to below 1 that follow from the seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
