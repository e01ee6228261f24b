import type { ageOf } from '../../store/migrate.ts'

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
