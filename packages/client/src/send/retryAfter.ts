import type { Host } from '../host.ts'
import { readState } from '../settings/state.ts'

/** Until when the server asked to wait, in milliseconds since 1970; undefined if it didn't, or if that time is over. */
export function serverWaitUntil(host: Host): number | undefined {
  const { notBefore } = readState(host)
  return notBefore !== undefined && notBefore > host.now() ? notBefore : undefined
}
