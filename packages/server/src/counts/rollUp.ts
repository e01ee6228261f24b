import {
  type Environment,
  MAX_COUNT,
  type TelemetryEvent,
  type Usage,
  VERSION_FIELD,
} from '@voicemode-telemetry/protocol'
import type { SegmentCount } from './counts.ts'
import { isVersionSegment, type Segment, segmentsOf } from './segments.ts'

/**
 * How many segments of versions a day has at most, those with the most installations. An event may name any version, so
 * that without a limit whoever makes some up would decide how much is stored.
 */
export const MAX_VERSION_SEGMENTS = 30
/** How many versions are counted by name in a segment at most, those with the most installations; the rest is `other`. */
export const MAX_VERSIONS = 100
const OTHER = 'other'
/** So many groups of events are kept until they are added up; a day has few unless somebody makes versions up. */
const MAX_GROUPS = 1_000

/**
 * The counts of one day, without ids, of everyone and of each segment:
 *
 * - `installations`: how many there were;
 * - `environment.*`: how many of them had that value, one with two values counting for both;
 * - `usage.total_sessions`, `usage.total_operations` and each word of the maps: sums;
 * - `usage.success_rate`: how many operations succeeded, so that the rate of any number of days is that over
 *   `usage.total_operations`.
 *
 * The counts of a segment are those of the events that have its value: an installation with two values on a day is in both
 * segments, each with its own events.
 *
 * @param events the day's events, those of one installation next to each other. Memory is bounded by the vocabularies and
 *   the versions in use, whatever the number of events.
 * @returns in no particular order; nothing for a day without events.
 */
export async function rollUp(
  events: Iterable<TelemetryEvent> | AsyncIterable<TelemetryEvent>,
): Promise<SegmentCount[]> {
  const places = { once: createPlaces('environment'), sums: createPlaces('usage') }
  const tallies = new Map<Segment, Tally>()
  const groups = new Map<string, Group>()
  /** Those of the installation whose events are coming. */
  const own = new Set<Group>()
  let installation = ''

  function endInstallation() {
    const [group] = own
    if (group && own.size === 1) group.installations++
    else addInstallations(tallies, [...own], 1)
    own.clear()
    if (groups.size >= MAX_GROUPS) addGroups(tallies, groups)
  }

  for await (const { telemetry_id, environment, usage } of events) {
    if (telemetry_id !== installation) {
      endInstallation()
      installation = telemetry_id
    }
    const group = getOrMake(groups, JSON.stringify(environment), () => newGroup(environment, places.once))
    own.add(group)
    addUsage(group.sums, usage, places.sums)
  }
  endInstallation()
  addGroups(tallies, groups)
  return withoutRareVersions(tallies).flatMap(([segment, { once, sums }]) => {
    const counts = [...places.once.countsOf(once), ...places.sums.countsOf(sums)]
    return withoutRareValues(counts.map((count) => ({ segment, ...count })))
  })
}

/** What is counted of a segment. Arrays by places, which have nothing where nothing was counted. */
interface Tally {
  /** How many installations there were, and how many with each value. */
  once: number[]
  sums: number[]
}

/**
 * Events with the same environment, so that they count in the same segments. They are added up here first, for then each is
 * counted once, and not once in each segment.
 */
interface Group {
  segments: readonly Segment[]
  /** Where an installation counts once. */
  places: readonly number[]
  /** How many installations have all their events here. */
  installations: number
  sums: number[]
}

function newGroup(environment: Environment, places: Places): Group {
  const ofValues = Object.entries(environment).map(([name, value]) => places.of(name, value))
  return {
    segments: segmentsOf(environment),
    places: [INSTALLATIONS, ...ofValues],
    installations: 0,
    sums: [],
  }
}

/** Adds groups to the tallies of their segments, and drops them. */
function addGroups(tallies: Map<Segment, Tally>, groups: Map<string, Group>): void {
  for (const group of groups.values()) {
    addInstallations(tallies, [group], group.installations)
    for (const segment of group.segments) {
      const { sums } = getOrMake(tallies, segment, newTally)
      group.sums.forEach((n, place) => {
        add(sums, place, n)
      })
    }
  }
  groups.clear()
}

/** Adds so many installations, each of which has events in all of these groups. */
function addInstallations(tallies: Map<Segment, Tally>, groups: readonly Group[], n: number): void {
  for (const segment of new Set(groups.flatMap(({ segments }) => segments))) {
    const { once } = getOrMake(tallies, segment, newTally)
    const inSegment = groups.filter(({ segments }) => segments.includes(segment))
    for (const place of new Set(inSegment.flatMap(({ places }) => places))) add(once, place, n)
  }
}

function addUsage(sums: number[], usage: Usage, places: Places): void {
  for (const name in usage) {
    const value = usage[name as keyof Usage] as number | Record<string, number>
    const values = places.placesOf(name)
    if (typeof value === 'object') {
      for (const word in value) add(sums, values.get(word) ?? places.of(name, word), value[word] as number)
    } else {
      add(sums, places.of(name, ''), name === 'success_rate' ? succeededIn(usage) : value)
    }
  }
}

function add(numbers: number[], place: number, n: number): void {
  numbers[place] = (numbers[place] ?? 0) + n
}

function newTally(): Tally {
  return { once: [], sums: [] }
}

/**
 * How many operations succeeded: all but the failed ones, where the event tells these exactly; else what its rate says. A total
 * at the limit may have been cut, and events that were stored before the contract had `failed_steps` are without it.
 */
function succeededIn({
  total_operations,
  success_rate = 0,
  failed_steps,
}: Partial<Usage> & Pick<Usage, 'total_operations'>): number {
  if (failed_steps && total_operations < MAX_COUNT) {
    return Object.values(failed_steps).reduce((succeeded, failed) => succeeded - failed, total_operations)
  }
  return Math.round((success_rate / 100) * total_operations)
}

/** The place at which installations are counted. */
const INSTALLATIONS = 0

type Places = ReturnType<typeof createPlaces>

/** Numbers every field and value of a part of the event as it first comes up. */
function createPlaces(part: 'environment' | 'usage') {
  const known = [{ field: 'installations', value: '' }]
  const names = new Map<string, Map<string, number>>()

  function nameOf(name: string) {
    const places = new Map<string, number>()
    names.set(name, places)
    return places
  }

  function placeOf(name: string, value: string) {
    const place = known.push({ field: `${part}.${name}`, value }) - 1
    placesOf(name).set(value, place)
    return place
  }

  /** The places of a field's values. */
  const placesOf = (name: string) => names.get(name) ?? nameOf(name)

  return {
    placesOf,
    of: (name: string, value: string) => placesOf(name).get(value) ?? placeOf(name, value),
    /** Makes counts of numbers by places. */
    countsOf: (numbers: readonly number[]) =>
      numbers.flatMap((n, place) => ({ ...(known[place] as { field: string; value: string }), n })),
  }
}

function withoutRareVersions(tallies: Map<Segment, Tally>): [Segment, Tally][] {
  const installations = ({ once }: Tally) => once[INSTALLATIONS] ?? 0
  const { true: ofVersions = [], false: others = [] } = Object.groupBy([...tallies], ([segment]) =>
    isVersionSegment(segment) ? 'true' : 'false',
  )
  ofVersions.sort(([a, of], [b, and]) => installations(and) - installations(of) || (a < b ? -1 : 1))
  return [...others, ...ofVersions.slice(0, MAX_VERSION_SEGMENTS)]
}

/** Adds up the versions beyond the limit in one row, which counts an installation once for each of them. */
function withoutRareValues(counts: SegmentCount[]): SegmentCount[] {
  const versions = counts.filter(({ field }) => field === VERSION_FIELD)
  if (versions.length <= MAX_VERSIONS) return counts
  versions.sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1))
  const rare = versions.splice(MAX_VERSIONS)
  const n = rare.reduce((sum, count) => sum + count.n, 0)
  const rest = counts.filter(({ field }) => field !== VERSION_FIELD)
  return [...rest, ...versions, { ...(rare[0] as SegmentCount), value: OTHER, n }]
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
