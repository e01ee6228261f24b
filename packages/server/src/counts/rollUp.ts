import { MAX_COUNT, type TelemetryEvent, type Usage } from '@voicemode-telemetry/protocol'
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

const VERSION_FIELD = 'environment.version'

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
  const places = createPlaces()
  const tallies = new Map<Segment, Tally>()
  let [installation, number] = ['', 0]
  for await (const { telemetry_id, environment, usage } of events) {
    if (telemetry_id !== installation) [installation, number] = [telemetry_id, number + 1]
    const once = [INSTALLATIONS]
    for (const [name, value] of Object.entries(environment)) {
      once.push(places.of('environment', name, value))
    }
    const sums: number[] = []
    for (const [name, value] of Object.entries(usage)) {
      if (name === 'success_rate') {
        sums.push(places.of('usage', name, ''), succeededIn(usage))
      } else if (typeof value === 'number') {
        sums.push(places.of('usage', name, ''), value)
      } else {
        for (const [word, n] of Object.entries(value)) sums.push(places.of('usage', name, word), n)
      }
    }
    for (const segment of segmentsOf(environment)) {
      addTo(getOrMake(tallies, segment, newTally), number, once, sums)
    }
  }
  return withoutRareVersions(tallies).flatMap(([segment, { counts }]) =>
    withoutRareValues(counts.flatMap((n, place) => ({ segment, ...places.at(place), n }))),
  )
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

/** What is counted of a segment, by places; an array has nothing where nothing was counted. */
interface Tally {
  counts: number[]
  /** The number of the installation that was counted last at a place where each counts once. */
  lastAt: number[]
}

function newTally(): Tally {
  return { counts: [], lastAt: [] }
}

/** @param sums places and what to add there, by turns. */
function addTo(
  { counts, lastAt }: Tally,
  installation: number,
  once: readonly number[],
  sums: readonly number[],
): void {
  for (const place of once) {
    if (lastAt[place] === installation) continue
    lastAt[place] = installation
    counts[place] = (counts[place] ?? 0) + 1
  }
  for (let at = 0; at < sums.length; at += 2) {
    const place = sums[at] as number
    counts[place] = (counts[place] ?? 0) + (sums[at + 1] as number)
  }
}

const INSTALLATIONS = 0

/** Numbers every field and value as it first comes up, so that each segment counts them without making a word. */
function createPlaces() {
  const known = [{ field: 'installations', value: '' }]
  const newNames = () => new Map<string, Map<string, number>>()
  const newValues = () => new Map<string, number>()
  const groups = { environment: newNames(), usage: newNames() }
  return {
    of(group: keyof typeof groups, name: string, value: string): number {
      const values = getOrMake(groups[group], name, newValues)
      return getOrMake(values, value, () => known.push({ field: `${group}.${name}`, value }) - 1)
    },
    at: (place: number) => known[place] as { field: string; value: string },
  }
}

function withoutRareVersions(tallies: Map<Segment, Tally>): [Segment, Tally][] {
  const installations = ({ counts }: Tally) => counts[INSTALLATIONS] ?? 0
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
