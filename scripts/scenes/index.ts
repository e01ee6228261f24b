import { assistant, type Visit } from './assistant.ts'
import { MICROS_PER_DAY, MICROS_PER_HOUR, type Micros, microsOf, utcDay, zoneOf } from './clock.ts'
import { damaged } from './damage.ts'
import type { Done } from './done.ts'
import type { Machine } from './machine.ts'
import { householdOf, visitsOf } from './plans.ts'
import { type Random, randomOf } from './random.ts'
import { Stage } from './stage.ts'
import { type Told, toldOf, type Usage, usageOf } from './truth.ts'

/** Logs of some days as VoiceMode would have left them, and what had really happened. */
export interface Scenes {
  seed: number
  zone: string
  files: LogFile[]
  done: Done
  /** What an event must say of each UTC day. */
  days: Map<string, { usage: Usage | null; told: Told }>
  /** When the logs are read: some hours after these days, or in the middle of them. */
  nowMs: number
}

interface LogFile {
  /** Below VOICEMODE_BASE_DIR. */
  path: string
  content: Uint8Array
}

/** Zones, and days on which their clocks change or nothing does. */
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
  const now = random.chance(0.15)
    ? wholeMs(random.whole(from, to))
    : to + random.whole(0, 6) * MICROS_PER_HOUR
  const household = householdOf(random, from, to)
  const assistants = Number(random.weighted({ 1: 3, 2: 4, 3: 1 }))
  const visits = Array.from({ length: assistants }, () => visitsOf(random, household))
  const { files, done } = playVisits(random, zone, from, now, visits)
  const played = Array.from({ length: days + 1 }, (_, n) => utcDay(from + n * MICROS_PER_DAY))
  return {
    seed,
    zone,
    files: [...files].map(([path, lines]) => ({ path, content: damaged(random, lines) })),
    done,
    days: new Map(
      played
        .filter((day) => day <= utcDay(now))
        .map((day) => [day, { usage: usageOf(done, { day, now }), told: toldOf(done, day) }]),
    ),
    nowMs: now / 1000,
  }
}

/** Plays what assistants do on one machine up to an instant. */
export function playVisits(
  random: Random,
  zone: string,
  from: Micros,
  now: Micros,
  visits: readonly (readonly Visit[])[],
): Pick<Machine, 'files' | 'done'> {
  const machine: Machine = {
    stage: new Stage(from),
    zone: zoneOf(zone),
    random,
    files: new Map(),
    done: { calls: [], utterances: [], failures: [], eventLines: [] },
    floor: undefined,
    queue: [],
    talkingOver: 0,
    running: 0,
    nextPid: random.whole(300, 30_000),
  }
  for (const own of visits) machine.stage.enter(assistant(machine, own))
  machine.stage.playUntil(now)
  return machine
}

function wholeMs(at: Micros): Micros {
  return Math.floor(at / 1000) * 1000
}
