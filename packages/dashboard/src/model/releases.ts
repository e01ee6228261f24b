import { compareVersions, type Day, VERSION_FIELD } from '@voicemode-telemetry/protocol'
import type { Period } from './numbers.ts'
import { ratio, total } from './sums.ts'

/** The first day on which a version was seen. */
export interface Release {
  day: Day
  version: string
}

/** Of fewer installations a version may be made up. */
const MIN_SHARE = 0.01

/** The versions first seen on the days of a period: newer than all in use before, and of at least 1 % of the installations. */
export function releasesIn({ daily, previous }: Period): Release[] {
  const rows = [...(previous?.counts ?? []), ...daily.counts].filter(({ field }) => field === VERSION_FIELD)
  const firstDays = new Map<string, Day>()
  for (const { day, value } of rows.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    if (/^\d/.test(value) && !firstDays.has(value)) firstDays.set(value, day)
  }
  const all = total(rows)
  const inUse = [...firstDays]
    .map(([version, day]) => ({ version, day }))
    .filter(
      ({ version }) => (ratio(total(rows.filter(({ value }) => value === version)), all) ?? 0) >= MIN_SHARE,
    )
  return inUse.filter(({ version, day }) => {
    const earlier = inUse.filter((other) => other.day < day)
    // What is in use on the first day that is known may have been for long.
    return (
      day >= daily.from &&
      earlier.length > 0 &&
      earlier.every((other) => compareVersions(version, other.version) < 0)
    )
  })
}
