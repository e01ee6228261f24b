import { assistant, type Visit } from './assistant.ts'
import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  type Micros,
  microsOf,
  utcDay,
  zoneOf,
} from './clock.ts'
import type { Done } from './done.ts'
import type { Machine } from './machine.ts'
import type { Habits } from './people.ts'
import type { Setup } from './process.ts'
import { type Random, randomOf } from './random.ts'
import { releaseOf } from './releases.ts'
import { SERVERS } from './servers.ts'
import { Stage } from './stage.ts'
import { type Told, toldOf, type Usage, usageOf } from './truth.ts'

/** Logs of some days as VoiceMode would have left them, and what had really happened. */
export interface Scenes {
  seed: number
  zone: string
  /** What lies in VOICEMODE_BASE_DIR. */
  files: { path: string; content: string }[]
  /** What an event must say of each UTC day. */
  days: Map<string, { usage: Usage | null; told: Told }>
  done: Done
  /** When the logs are read: some hours after the last of these days. */
  nowMs: number
}

const ZONES: Record<string, string[]> = {
  'Australia/Sydney': ['2026-04-04', '2026-10-03', '2026-06-01'],
  'America/St_Johns': ['2026-03-07', '2026-10-31', '2026-06-01'],
  'America/New_York': ['2026-03-07', '2026-10-31', '2026-06-01'],
  'Asia/Kathmandu': ['2026-06-01'],
  'Pacific/Kiritimati': ['2026-06-01'],
  'Pacific/Pago_Pago': ['2026-06-01'],
  'Australia/Lord_Howe': ['2026-04-04', '2026-10-03'],
  UTC: ['2026-06-01'],
}

/** Plays some days on one machine. The same seed always gives the same. */
export function playScenes(seed: number, { days = 3 } = {}): Scenes {
  const random = randomOf(seed)
  const zone = random.pick(Object.keys(ZONES))
  const from = microsOf(`${random.pick(ZONES[zone] ?? [])}T00:00:00Z`)
  const to = from + days * MICROS_PER_DAY
  const machine: Machine = {
    stage: new Stage(from),
    zone: zoneOf(zone),
    random,
    files: new Map(),
    done: { calls: [], utterances: [], failures: [], eventLines: [] },
    floor: undefined,
    queue: [],
    running: 0,
    nextPid: random.whole(300, 30_000),
  }
  const hours = hoursOf(random, from, to)
  const assistants = random.weighted({ 1: 3, 2: 4, 3: 1 })
  for (let n = 0; n < Number(assistants); n++)
    machine.stage.enter(assistant(machine, visitsOf(random, hours)))
  const now = to + random.whole(0, 6) * MICROS_PER_HOUR
  machine.stage.playUntil(now)
  const played = Array.from({ length: days + 1 }, (_, n) => utcDay(from + n * MICROS_PER_DAY))
  const { done } = machine
  return {
    seed,
    zone,
    files: [...machine.files].map(([path, lines]) => ({
      path,
      content: lines.map((line) => `${line}\n`).join(''),
    })),
    days: new Map(
      played.map((day) => [day, { usage: usageOf(done, { day, now }), told: toldOf(done, day) }]),
    ),
    done,
    nowMs: now / 1000,
  }
}

/** When people are at their machine: at any hour, and often around midnight, their own and that of UTC. */
function hoursOf(random: Random, from: Micros, to: Micros): Micros[] {
  const anyHour = () => from + random.whole(0, to - from - MICROS_PER_HOUR)
  const midnight = () =>
    from +
    random.whole(1, (to - from) / MICROS_PER_DAY - 1) * MICROS_PER_DAY -
    random.whole(0, 10) * MICROS_PER_MINUTE
  const hours = Array.from({ length: random.whole(2, 7) }, () =>
    random.chance(0.35) ? midnight() : anyHour(),
  )
  return hours.sort((a, b) => a - b)
}

function visitsOf(random: Random, hours: readonly Micros[]): Visit[] {
  const setup: Setup = {
    release: releaseOf('8.12.0'),
    project: `/home/user/${random.pick(['one', 'two'])}`,
    hasEventLog: true,
    hasFloor: true,
    forgets: random.chance(0.2) ? 0.1 : 0,
    writesWithin: random.chance(0.1) ? MICROS_PER_SECOND : 300,
  }
  const habits: Habits = {
    speakers: [random.pick([SERVERS.kokoro, SERVERS.mlx, SERVERS.openai]), SERVERS.openai],
    listeners: [
      random.pick([SERVERS.whisper, SERVERS.mlx, SERVERS.openai]),
      random.pick([SERVERS.openai, SERVERS.whisper]),
    ],
    trouble: random.next(),
    variety: random.next(),
    spokenOnly: 0.35,
    longTexts: random.pick([0, 0.3, 1]),
    livekit: 0,
  }
  return hours
    .filter(() => random.chance(0.8))
    .map((at) => ({
      at: at + random.whole(0, MICROS_PER_MINUTE),
      calls: random.whole(1, 12),
      setup,
      habits,
      pause: random.pick([10, 60, 200]) * MICROS_PER_SECOND,
    }))
}
