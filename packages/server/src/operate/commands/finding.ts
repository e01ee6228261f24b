import type { ageOf } from '../../store/migrate.ts'

/** What a check found. `skipped` could not be asked, for the reason that `found` gives. */
export interface Finding {
  check: string
  outcome: 'well' | 'mend' | 'skipped'
  /** A sentence for people, without an address, a password or anything that was sent. */
  found: string
}

export type Verdict = Omit<Finding, 'check'>

export const well = (found: string): Verdict => ({ outcome: 'well', found })
export const mend = (found: string): Verdict => ({ outcome: 'mend', found })
export const skipped = (found: string): Verdict => ({ outcome: 'skipped', found })

/** What is said of a database's migrations. */
export function judgeAge(age: ReturnType<typeof ageOf>): Verdict {
  switch (age) {
    case 'up to date':
      return well('up to date')
    case 'older':
      return mend('it is older than this server: start the server once, which brings it up to date')
    case 'newer':
      return mend('it was made by a newer version of this server: bring this one up to date')
    default:
      throw age satisfies never
  }
}
