import type { Report } from './population.ts'

export interface Linkage {
  /** Installations that were used before and after their id changed. */
  installations: number
  /** How many different environments they have. Who picks any new id with the same environment is right as often as this. */
  environments: number
  /** How many of them somebody who looks at habits too links to the right new id. */
  linked: number
}

interface Profile {
  environment: string
  habits: Map<string, number>
}

/**
 * How often somebody who holds all events links an installation's old id to its new one, by looking alone: of the new ids with the
 * same environment (the version aside, which people change), the one whose habits are nearest.
 *
 * @param before reports of each installation under its old id.
 * @param after reports of the same installations, in the same order, under the new one.
 */
export function linkageOf(before: readonly Report[][], after: readonly Report[][]): Linkage {
  const pairs = before.flatMap((reports, n) => {
    const later = after[n] ?? []
    return reports.length > 0 && later.length > 0 ? [{ old: profileOf(reports), new: profileOf(later) }] : []
  })
  const candidates = Map.groupBy(
    pairs.map((pair) => pair.new),
    ({ environment }) => environment,
  )
  const linked = pairs.filter((pair) => {
    const like = candidates.get(pair.old.environment) ?? []
    return nearest(pair.old, like) === pair.new
  })
  return { installations: pairs.length, environments: candidates.size, linked: linked.length }
}

/** Counts a day, on a scale on which twice as many is as far from as many, whether few or many. */
function profileOf(reports: readonly Report[]): Profile {
  const sums = new Map<string, number>()
  for (const { usage } of reports) {
    for (const [field, value] of Object.entries(usage)) {
      const counts = typeof value === 'object' ? Object.entries(value) : [['', value] as const]
      for (const [word, count] of counts) {
        const key = `${field}/${word}`
        sums.set(key, (sums.get(key) ?? 0) + Number(count))
      }
    }
  }
  const habits = new Map([...sums].map(([key, sum]) => [key, Math.log1p(sum / reports.length)]))
  habits.set('days', Math.log1p(reports.length))
  const { version, ...environment } = reports.at(-1)?.environment ?? {}
  return { environment: JSON.stringify(environment), habits }
}

function nearest(profile: Profile, candidates: readonly Profile[]): Profile | undefined {
  let best: { candidate: Profile; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = distanceBetween(profile.habits, candidate.habits)
    if (!best || distance < best.distance) best = { candidate, distance }
  }
  return best?.candidate
}

/** Euclid's, squared. */
function distanceBetween(a: Map<string, number>, b: Map<string, number>): number {
  let sum = 0
  for (const [key, value] of a) sum += (value - (b.get(key) ?? 0)) ** 2
  for (const [key, value] of b) if (!a.has(key)) sum += value ** 2
  return sum
}
