import type { Host } from '../host.ts'
import { readState } from '../settings/state.ts'

/** A longer `Retry-After` is cut to this. */
export const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000

/** Until when the server asked to wait, in milliseconds since 1970; undefined if it didn't, or if that time is over. */
export function serverWaitUntil(host: Host): number | undefined {
  const { notBefore = 0 } = readState(host)
  const leftMs = notBefore - host.now()
  // A time further ahead than any server's is believed comes from a clock that was wrong.
  return leftMs > 0 && leftMs <= LONGEST_RETRY_AFTER_MS ? notBefore : undefined
}
