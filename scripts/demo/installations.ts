import { type Day, daysFromTo, startOfDay } from '@voicemode-telemetry/protocol'
import type { DetectedEnvironment } from 'voicemode-telemetry'
import { exampleEnvironment } from '../exampleEnvironment.ts'
import type { Visit } from '../scenes/assistant.ts'
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from '../scenes/clock.ts'
import type { Done } from '../scenes/done.ts'
import { playVisits } from '../scenes/index.ts'
import type { Habits } from '../scenes/people.ts'
import type { Setup } from '../scenes/process.ts'
import { type Random, randomOf } from '../scenes/random.ts'
import { releaseOf } from '../scenes/releases.ts'
import { SERVERS, type Server } from '../scenes/servers.ts'

/** A made-up installation: how one person uses VoiceMode. */
interface Installation {
  /** Its folder's name. */
  name: string
  environment: DetectedEnvironment
  /** What really happened, of which the logs tell. */
  done: Done
  /** Its log files, by their paths below the base directory. */
  logs: { path: string; text: string }[]
}

/** Where people live, and how many hours their days begin before those of UTC. */
const ZONES: Record<string, number> = {
  'America/Los_Angeles': -8,
  'America/New_York': -5,
  'America/Sao_Paulo': -3,
  'Europe/London': 0,
  'Europe/Berlin': 1,
  'Asia/Kolkata': 5.5,
  'Asia/Tokyo': 9,
  'Australia/Sydney': 10,
}

/** What a person keeps for a while. Days count from the first day of the logs. */
interface Person {
  hoursAheadOfUtc: number
  firstDay: number
  lastDay: number
  /** Chance of using it on a working day. */
  eagerness: number
  visitsPerDay: number
  callsPerVisit: number
  speaksLocallyFrom: number
  listensLocallyFrom: number
  /** Has the cloud in the settings. Who has not is served by it too, behind local servers that do not run. */
  namesCloud: boolean
  localSpeaker: Server
  localListener: Server
  usesLivekit: boolean
  spokenOnly: number
  /** From which day on which release is installed, newest last. */
  setups: { from: number; setup: Setup }[]
}

/**
 * Makes up one installation and its logs of some UTC days. The same arguments always give the same logs.
 *
 * @param index its number among the installations of this seed.
 * @param playedFrom the first day of which there are logs; people came and went before it too. Default: the first day.
 */
export function makeInstallation(
  seed: number,
  index: number,
  first: Day,
  last: Day,
  playedFrom = first,
): Installation {
  const random = randomOf(seed * 100_003 + index)
  const zone = random.pick(Object.keys(ZONES))
  const days = daysFromTo(first, last)
  const person = personOf(random, ZONES[zone] ?? 0, days.length)
  const visits = days.flatMap((day, n) => (day < playedFrom ? [] : visitsOn(random, person, day, n)))
  const from = startOfDay(playedFrom) * 1000
  const end = startOfDay(last) * 1000 + MICROS_PER_DAY
  const { files, done } = playVisits(random, zone, from, end, [visits.filter(({ at }) => at >= from)])
  return {
    name: `installation-${String(index + 1).padStart(3, '0')}`,
    environment: environmentOf(random),
    done,
    logs: [...files].map(([path, lines]) => ({ path, text: lines.map((line) => `${line}\n`).join('') })),
  }
}

function personOf(random: Random, hoursAheadOfUtc: number, days: number): Person {
  const never = Number.POSITIVE_INFINITY
  const isLocal = random.chance(0.6)
  const changesOn = () => (random.chance(0.35) ? random.whole(1, 2 * days) : never)
  const usesMlx = random.chance(0.12)
  const firstDay = random.chance(0.2) ? 0 : random.whole(1, Math.floor(days * 0.85))
  return {
    hoursAheadOfUtc,
    firstDay,
    lastDay: random.chance(0.85) ? never : firstDay + random.whole(3, days),
    eagerness: 0.35 + 0.6 * random.next(),
    visitsPerDay: 0.5 + 3 * random.next() ** 2,
    callsPerVisit: 1.5 + 5 * random.next() ** 2,
    speaksLocallyFrom: isLocal ? 0 : changesOn(),
    listensLocallyFrom: isLocal && random.chance(0.9) ? 0 : changesOn(),
    namesCloud: random.chance(0.3),
    localSpeaker: usesMlx ? SERVERS.mlx : SERVERS.kokoro,
    localListener: usesMlx ? SERVERS.mlx : SERVERS.whisper,
    usesLivekit: random.chance(0.5),
    spokenOnly: 0.1 + 0.5 * random.next(),
    setups: setupsOf(random, days),
  }
}

/** Most follow the newest release within weeks; some stay where they are. */
function setupsOf(random: Random, days: number): Person['setups'] {
  const old = random.weighted({ '2.17.0': 1, '6.0.2': 2, '7.1.0': 4, '8.0.0': 3, none: 90 })
  const common = {
    project: `/home/demo/${random.letters(4)}`,
    hasEventLog: !random.chance(0.08),
    hasFloor: true,
    forgets: 0,
    writesWithin: 300,
  }
  const setup = (version: string): Setup => ({ ...common, release: releaseOf(version) })
  if (old !== 'none') return [{ from: 0, setup: setup(old) }]
  const to11 = random.chance(0.6) ? 0 : random.whole(0, Math.floor(days * 0.5))
  const to12 = random.chance(0.85) ? random.whole(Math.floor(days * 0.66), Math.floor(days * 1.2)) : days
  return [
    { from: 0, setup: setup('8.10.2') },
    { from: to11, setup: setup('8.11.0') },
    { from: to12, setup: setup('8.12.0') },
  ]
}

/** Some between morning and night of the local day, fewer at the weekend. */
function visitsOn(random: Random, person: Person, day: Day, n: number): Visit[] {
  const isWeekend = [0, 6].includes(new Date(startOfDay(day)).getUTCDay())
  const isUsed = random.chance(person.eagerness * (isWeekend ? 0.4 : 1))
  const setup = person.setups.findLast(({ from }) => from <= n)?.setup
  if (!isUsed || !setup || n < person.firstDay || n > person.lastDay) return []
  const morning = startOfDay(day) * 1000 + (8 - person.hoursAheadOfUtc) * MICROS_PER_HOUR
  const count = 1 + Math.floor(exponential(random) * person.visitsPerDay * (isWeekend ? 0.6 : 1))
  const times = Array.from({ length: Math.min(count, 12) }, () =>
    random.whole(morning, morning + 14 * MICROS_PER_HOUR),
  )
  return times.sort((a, b) => a - b).map((at) => visitAt(random, person, n, at, setup))
}

function visitAt(random: Random, person: Person, n: number, at: Micros, setup: Setup): Visit {
  return {
    at,
    calls: Math.min(40, 1 + Math.floor(exponential(random) * person.callsPerVisit)),
    setup,
    habits: habitsOf(person, n, setup),
    pause: 100 * MICROS_PER_SECOND,
  }
}

/** A few of a hundred calls fail, somewhat more since the newest release. */
function habitsOf(person: Person, n: number, { release }: Setup): Habits {
  const speaksLocally = n >= person.speaksLocallyFrom
  const listensLocally = n >= person.listensLocallyFrom
  const { namesCloud } = person
  return {
    speakers: [namesCloud && !speaksLocally ? SERVERS.openai : person.localSpeaker, SERVERS.openai],
    listeners: [namesCloud && !listensLocally ? SERVERS.openai : person.localListener, SERVERS.openai],
    isFirstSpeakerDown: !namesCloud && !speaksLocally,
    isFirstListenerDown: !namesCloud && !listensLocally,
    trouble: release.version === '8.12.0' ? 0.12 : 0.06,
    variety: 0.1,
    silence: 0.6,
    queues: 4,
    spokenOnly: person.spokenOnly,
    longTexts: 0.1,
    livekit: person.usesLivekit ? 0.4 : 0,
  }
}

function environmentOf(random: Random): DetectedEnvironment {
  return {
    ...exampleEnvironment(),
    os_type: random.weighted({ Darwin: 55, Linux: 35, Windows: 10 }),
    install_method: random.weighted({ uv: 70, pip: 18, dev: 7, unknown: 5 }),
    mcp_host: random.weighted({
      'claude-code': 62,
      'claude-desktop': 8,
      cursor: 6,
      codex: 6,
      'gemini-cli': 4,
      opencode: 4,
      cline: 3,
      'copilot-cli': 3,
      vscode: 2,
      unknown: 2,
    }),
    installedVersion: undefined,
  }
}

/** Exponentially distributed around 1. */
function exponential(random: Random): number {
  return -Math.log(1 - random.next())
}
