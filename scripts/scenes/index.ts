import { assistant, type Visit } from './assistant.ts'
import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  type Micros,
  microsOf,
  utcDay,
  zoneOf,
} from './clock.ts'
import { damaged } from './damage.ts'
import type { Done } from './done.ts'
import type { Machine } from './machine.ts'
import { type Household, householdOf, visitsOf } from './plans.ts'
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
  /** When the person said yes; undefined where nobody did, and all is shown. */
  sinceMs: number | undefined
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
  const household = householdOf(random, from, to)
  const now = random.chance(0.2) ? amidst(random, household) : to + random.whole(0, 6) * MICROS_PER_HOUR
  const assistants = household.isCrowded ? 3 : random.whole(1, 3)
  const visits = Array.from({ length: assistants }, () => visitsOf(random, household))
  const { files, done } = playVisits(random, zone, from, now, visits)
  if (!household.keepsConversations) {
    for (const path of files.keys()) if (path.includes('exchanges_')) files.delete(path)
    done.utterances = []
  }
  const since = random.chance(0.3) ? quietMoment(random, household, done, now) : undefined
  const played = Array.from({ length: days + 1 }, (_, n) => utcDay(from + n * MICROS_PER_DAY))
  const asked = played.filter((day) => day <= utcDay(now))
  return {
    seed,
    zone,
    files: [...files].map(([path, lines]) => ({ path, content: damaged(random, path, lines) })),
    done,
    days: new Map(
      asked.map((day) => [day, { usage: usageOf(done, { day, now, since }), told: toldOf(done, day) }]),
    ),
    sinceMs: since && since / 1000,
    nowMs: now / 1000,
  }
}

/** While somebody is at the machine. */
function amidst(random: Random, { hours }: Household): Micros {
  return wholeMs(random.pick(hours) + random.whole(0, 10 * MICROS_PER_MINUTE))
}

/** An instant at which no call runs, if a first try finds one. */
function quietMoment(random: Random, household: Household, { calls }: Done, now: Micros): Micros | undefined {
  const moment = amidst(random, household)
  const isQuiet = calls.every(({ began, ended = now }) => moment < began || ended < moment)
  return isQuiet && moment <= now ? moment : undefined
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
    talker: undefined,
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
