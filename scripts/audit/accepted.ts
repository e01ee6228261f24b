import type { DayMeasure } from './measure.ts'

/**
 * The entropy of the environment, in bits, that the makers accepted, on the audit's day with 1,000 installations. Whoever raises it
 * says why in the commit, and writes docs/privacy-audit.md anew.
 */
const ACCEPTED_BITS = 6.1
const TOLERANCE_BITS = 0.5

/** Why an event's environment tells too much; undefined if it does not. @param day measured with 1,000 installations. */
export function tooTelling({ environment }: Pick<DayMeasure, 'environment'>): string | undefined {
  if (environment.bits <= ACCEPTED_BITS + TOLERANCE_BITS) return undefined
  return `The environment of an event now tells ${environment.bits.toFixed(2)} bits; ${ACCEPTED_BITS} were accepted (scripts/audit/accepted.ts). Make its fields coarser, or say in the commit why they must tell more.`
}
