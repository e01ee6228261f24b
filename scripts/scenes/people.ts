import type { Circumstances, Moment, SpeechFate } from './circumstances.ts'
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from './clock.ts'
import type { Random } from './random.ts'
import type { Release } from './releases.ts'
import { SERVERS, type Server } from './servers.ts'

/** How often what happens, and through which servers a person speaks and is heard. */
export interface Habits {
  /** In the order in which they are tried. */
  speakers: Server[]
  listeners: Server[]
  /** The first one is configured, and does not run: the second answers for it. */
  isFirstSpeakerDown: boolean
  isFirstListenerDown: boolean
  /** From 0, where all goes well, to 1, where every kind of trouble comes often. */
  trouble: number
  /** Uses of the newer and rarer ways to call. */
  variety: number
  spokenOnly: number
  longTexts: number
  livekit: number
}

const LONG_TEXT = `${'word '.repeat(240)}`
const PATHS: Record<string, SpeechFate[]> = {
  'first speaks': ['spoken'],
  'second speaks': ['refused', 'spoken'],
  'nobody speaks': ['refused', 'refused'],
  'breaks off, second speaks': ['broken off', 'spoken'],
  'breaks off, nobody speaks': ['broken off', 'refused'],
  'speaker gone': ['not played', 'refused'],
  'speaker gone for both': ['not played', 'not played'],
  'another player': ['played otherwise'],
}

export function callOf(random: Random, release: Release, habits: Habits): Circumstances {
  const { trouble, variety } = habits
  const kind = release.hasSurveys
    ? random.weighted({ talk: 10, turns: variety, survey: variety })
    : ('talk' as const)
  const waitsForResponse = kind === 'survey' || !random.chance(kind === 'talk' ? habits.spokenOnly : 0.2)
  const isLocal = kind !== 'talk' || !release.hasLivekit || !random.chance(habits.livekit)
  const silence = { words: 8, silence: 0.5 + 1.5 * variety, 'no word': variety }
  return {
    kind,
    parts: random.whole(1, 3),
    waitsForResponse,
    text: random.chance(habits.longTexts) ? LONG_TEXT : 'Shall we go on? Ünïcödé — “yes”.',
    format: random.chance(variety / 5) ? random.pick(['mp3', 'wav', 'opus']) : 'pcm',
    isVoiceOff: kind !== 'survey' && random.chance(variety / 15),
    transport: isLocal ? 'local' : 'livekit',
    speech: speechOf(random, habits, kind),
    microphone: random.weighted({ works: 10, 'gives nothing': trouble / 2, raises: trouble / 4 }),
    answer: random.weighted(silence),
    ...hearingOf(random, habits),
    asksFirst:
      release.saysCancelled && random.chance(variety / 20) ? random.pick(['repeat', 'wait']) : undefined,
    toldToStop:
      release.saysCancelled && random.chance(variety / 20) ? random.pick(['speak', 'record']) : undefined,
    stopped: momentOf(random, trouble / 15, waitsForResponse),
    dies: momentOf(random, trouble / 50, waitsForResponse),
    breaksUnexpectedly: waitsForResponse && random.chance(trouble / 50),
    floor: random.weighted({ 'give up': 4, wait: 4, callback: 1, 'talk over': variety / 2 }),
    floorPatience: random.chance(0.2) ? 3 * MICROS_PER_SECOND : MICROS_PER_MINUTE,
    holdsFloor: random.chance(variety / 5),
    speaks: lengthOf(random, 2, 8),
    records: lengthOf(random, 3, 12),
    transcribes: lengthOf(random, 0.2, 1.5),
    lag: lagOf(random, trouble),
    firstUtteranceAt: undefined,
  }
}

function speechOf(
  random: Random,
  { speakers, isFirstSpeakerDown, trouble }: Habits,
  kind: Circumstances['kind'],
) {
  const path = random.weighted({
    'first speaks': isFirstSpeakerDown ? 0 : 12,
    'second speaks': isFirstSpeakerDown ? 12 : 2 * trouble,
    'nobody speaks': 1.5 * trouble,
    'breaks off, second speaks': kind === 'talk' ? trouble / 2 : 0,
    'breaks off, nobody speaks': kind === 'talk' ? trouble / 3 : 0,
    'speaker gone': trouble / 2,
    'speaker gone for both': trouble / 3,
    'another player': kind === 'talk' ? trouble / 2 : 0,
  })
  const fates = PATHS[path] ?? []
  return fates.map((fate, n) => ({ server: speakers[n % speakers.length] ?? SERVERS.openai, fate }))
}

function hearingOf(random: Random, { listeners, isFirstListenerDown, trouble }: Habits) {
  const configuredListener = listeners[0] ?? SERVERS.openai
  const hears = random.weighted({
    first: isFirstListenerDown ? 0 : 12,
    second: isFirstListenerDown ? 12 : 3 * trouble,
    nobody: trouble,
  })
  const listener = {
    first: configuredListener,
    second: listeners[1] ?? configuredListener,
    nobody: undefined,
  }[hears]
  return { configuredListener, listener }
}

function momentOf(random: Random, probability: number, waitsForResponse: boolean): Moment | undefined {
  if (!random.chance(probability)) return undefined
  return waitsForResponse ? random.pick(['floor', 'speak', 'pause', 'record', 'transcribe']) : 'speak'
}

function lengthOf(random: Random, fromSeconds: number, toSeconds: number): Micros {
  return random.whole(fromSeconds * MICROS_PER_SECOND, toSeconds * MICROS_PER_SECOND)
}

/** A line about a transcription follows within a moment, or a disk is slow: around the 2 seconds that still tell who answered. */
function lagOf(random: Random, trouble: number): Micros {
  if (!random.chance(trouble / 10)) return random.whole(100, 900)
  const limit = 2 * MICROS_PER_SECOND
  return random.pick([limit - 1, limit, limit + 1, limit + MICROS_PER_SECOND])
}
