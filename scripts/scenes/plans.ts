import type { Visit } from './assistant.ts'
import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  type Micros,
} from './clock.ts'
import type { Habits } from './people.ts'
import type { Setup } from './process.ts'
import type { Random } from './random.ts'
import { RELEASES, type Release, releaseOf } from './releases.ts'
import { SERVERS, type Server } from './servers.ts'

/** What a machine's person has chosen for all assistants, and when which release was put in. */
export interface Household {
  from: Micros
  to: Micros
  releases: { since: Micros; release: Release }[]
  hasEventLog: boolean
  hasFloor: boolean
  /** When somebody is at the machine. */
  hours: Micros[]
}

const LOCAL_SPEAKERS: readonly Server[] = [
  SERVERS.kokoro,
  SERVERS.kokoro,
  SERVERS.mlx,
  SERVERS.kokoroInTheHouse,
  SERVERS.kokoroAloud,
]
const ODD_SPEAKERS: readonly Server[] = [
  SERVERS.whisper,
  SERVERS.ownMaking,
  SERVERS.elsewhere,
  SERVERS.cartesia,
]
const LISTENERS: readonly Server[] = [
  SERVERS.whisper,
  SERVERS.whisper,
  SERVERS.mlx,
  SERVERS.whisperInTheHouse,
  SERVERS.openai,
]
const ODD_LISTENERS: readonly Server[] = [SERVERS.kokoro, SERVERS.ownMaking, SERVERS.elsewhere]

export function householdOf(random: Random, from: Micros, to: Micros): Household {
  const [first, second] = [releaseIn(random), releaseIn(random)].sort(byAge) as [Release, Release]
  const isUpdated = random.chance(0.25)
  const releases = [{ since: from, release: second }]
  if (isUpdated) releases.unshift({ since: from, release: first })
  const update = releases[1]
  if (update) update.since = random.whole(from, to)
  return {
    from,
    to,
    releases,
    hasEventLog: !random.chance(0.1),
    hasFloor: !random.chance(0.1),
    hours: hoursOf(random, from, to),
  }
}

function releaseIn(random: Random): Release {
  return releaseOf(random.chance(0.4) ? '8.12.0' : random.pick(RELEASES))
}

function byAge(a: Release, b: Release): number {
  const order: readonly string[] = RELEASES
  return order.indexOf(a.version) - order.indexOf(b.version)
}

/** At any hour, and often around midnight, that of UTC and others. */
function hoursOf(random: Random, from: Micros, to: Micros): Micros[] {
  const anyHour = () => random.whole(from, to - MICROS_PER_HOUR)
  const days = (to - from) / MICROS_PER_DAY
  const midnight = () =>
    from + random.whole(1, days - 1) * MICROS_PER_DAY - random.whole(0, 10 * MICROS_PER_MINUTE)
  const fullHour = () => from + random.whole(1, days * 24 - 1) * MICROS_PER_HOUR - 2 * MICROS_PER_MINUTE
  const hours = Array.from({ length: random.whole(2, 8) }, () => {
    const kind = random.weighted({ any: 4, midnight: 3, full: 2 })
    return kind === 'any' ? anyHour() : kind === 'midnight' ? midnight() : fullHour()
  })
  return hours.sort((a, b) => a - b)
}

/** All that one assistant does in a household. */
export function visitsOf(random: Random, household: Household): Visit[] {
  const { release: newest } = household.releases.at(-1) ?? { release: releaseOf('8.12.0') }
  const isCommandLine = random.chance(0.12)
  const setups = household.releases.map(({ since, release }) => ({
    since,
    setup: setupOf(random, household, release, isCommandLine),
  }))
  const habits = habitsOf(random)
  return household.hours
    .filter(() => random.chance(0.8))
    .map((hour) => ({
      at: hour + random.whole(0, MICROS_PER_MINUTE),
      calls: random.chance(0.08) ? random.whole(20, 70) : random.whole(1, 12),
      setup:
        setups.findLast(({ since }) => since <= hour)?.setup ??
        setupOf(random, household, newest, isCommandLine),
      habits,
      pause: random.pick([10, 60, 200]) * MICROS_PER_SECOND,
    }))
}

function setupOf(random: Random, household: Household, release: Release, isCommandLine: boolean): Setup {
  return {
    release,
    project: `/home/user/${random.pick(['one', 'two'])}`,
    hasEventLog: household.hasEventLog && !isCommandLine,
    hasFloor: household.hasFloor,
    forgets: !release.logsErrors && random.chance(0.2) ? 0.1 : 0,
    writesWithin: random.chance(0.1) ? MICROS_PER_SECOND : 300,
  }
}

function habitsOf(random: Random): Habits {
  const isOdd = random.chance(0.15)
  const oddListener = random.pick(ODD_LISTENERS)
  return {
    speakers: [random.pick(isOdd ? ODD_SPEAKERS : [...LOCAL_SPEAKERS, SERVERS.openai]), SERVERS.openai],
    listeners: isOdd
      ? [oddListener, oddListener]
      : [random.pick(LISTENERS), random.pick([SERVERS.openai, SERVERS.whisper])],
    isFirstSpeakerDown: random.chance(0.15),
    isFirstListenerDown: random.chance(0.15),
    trouble: random.next(),
    variety: random.next(),
    spokenOnly: random.pick([0.2, 0.4, 0.9]),
    longTexts: random.pick([0, 0.3, 1]),
    livekit: random.pick([0, 0.5]),
  }
}
