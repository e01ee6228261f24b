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
