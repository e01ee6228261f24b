import { type ClockReading, type ClockVerdict, HOLD_DAYS, judgeClock } from '@voicemode-telemetry/protocol'
import type { Late } from '@voicemode-telemetry/protocol/wire/health'
import type { LeftAhead } from '../../store/clockStore.ts'
import type { ageOf } from '../../store/migrate.ts'
import type { UnreadableRows } from '../../store/readable.ts'
import type { UnreadableEvents } from '../../store/store.ts'

/** What a check found. `skipped` could not be asked, for the reason that `found` gives. */
export interface Finding {
  check: string
  outcome: 'ok' | 'fix' | 'skipped'
  /** A sentence for people, without a URL, a password or anything that was sent. */
  found: string
}

export type Verdict = Omit<Finding, 'check'>

export const ok = (found: string): Verdict => ({ outcome: 'ok', found })
export const fix = (found: string): Verdict => ({ outcome: 'fix', found })
export const skipped = (found: string): Verdict => ({ outcome: 'skipped', found })

/** What is said of a database's migrations. */
export function judgeAge(age: ReturnType<typeof ageOf>): Verdict {
  switch (age) {
    case 'up to date':
      return ok('up to date')
    case 'older':
      return fix('it is older than this server: start the server once, which brings it up to date')
    case 'newer':
      return fix('it was made by a newer version of this server: bring this one up to date')
    default:
      throw age satisfies never
  }
}

/** What is said of whether the clock is believed. */
export function judgeVerdict(verdict: ClockVerdict): Verdict {
  if (verdict.outcome === 'believed') return ok('believed')
  return fix(
    `clock-not-believed: it is days after ${verdict.newestKnown}, the newest day that the database knows of, so nothing is deleted \
and no report is published. Set it right; if it is right, run \`voicemode-telemetry-server clock believe\`, or let the server run for ${HOLD_DAYS} days`,
  )
}

/** What is said of what a wrong clock has left in the future. */
export function judgeLeftAhead({ reports, milestones }: LeftAhead): Verdict {
  const left = [
    ...reports.map((week) => `a report of ${week}`),
    ...(milestones.setUpOn ? [`a set-up on ${milestones.setUpOn}`] : []),
    ...(milestones.forgottenBefore ? [`events counted as deleted before ${milestones.forgottenBefore}`] : []),
  ]
  if (left.length === 0) return ok('nothing lies in the future')
  return fix(
    `a wrong clock has left what lies in the future (${left.join(', ')}): \`voicemode-telemetry-server clock believe\` takes it back`,
  )
}

/** What is said of a database's clock and of what it has left. */
export function judgeClockOf(reading: ClockReading, ahead: LeftAhead): Verdict {
  const verdict = judgeVerdict(judgeClock(reading))
  return verdict.outcome === 'ok' ? judgeLeftAhead(ahead) : verdict
}

/** What is said of stored events that can't be read. */
export function judgeUnreadable(days: readonly UnreadableEvents[]): Verdict {
  if (days.length === 0) return ok('every stored event could be read when it was counted')
  const named = days.map(({ day, n }) => `${day} (${n})`).join(', ')
  return fix(
    `events-unreadable: some of these days could not be read and are in no count: ${named}. They are deleted with their day. \
To have them counted, restore a backup; look for what else writes to the database, and at its disk`,
  )
}

/** What is said of rows of other tables that can't be read. */
export function judgeRows(tables: readonly UnreadableRows[]): Verdict {
  if (tables.length === 0) return ok('every row of the other tables can be read')
  const named = tables.map(({ table, n }) => `${n} of ${table}`).join(', ')
  return fix(
    `rows-unreadable: these are passed over: ${named}. Restore a backup, or delete them; look for what else writes to the database, and at \
its disk`,
  )
}

/** What is said of promises that are behind their dates. */
export function judgeLate(late: readonly Late[]): Verdict {
  if (late.length === 0) return ok('whatever has a date is done on time')
  const told = late.map(({ promise, days }) => `${promise} is ${days} ${days === 1 ? 'day' : 'days'} behind`)
  return fix(`${told.join('; ')}: is the server running? Look for daily-job-failed in its log`)
}
