import type { Host } from '../host.ts'

/**
 * How long to wait before the next attempt: exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff
 * And Jitter"), so between nothing and a limit that doubles with each attempt.
 *
 * @param attempt how many attempts have failed, from 1.
 * @param limits.baseMs the limit after the first attempt. @param limits.capMs what the limit never exceeds.
 */
export function backoffMs(
  host: Pick<Host, 'randomBytes'>,
  attempt: number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
): number {
  return drawBelow(host, Math.min(capMs, baseMs * 2 ** (attempt - 1)))
}

/** A random whole number from 0 to below a limit of at most 2^32. */
export function drawBelow({ randomBytes }: Pick<Host, 'randomBytes'>, limit: number): number {
  const share = Buffer.from(randomBytes(4)).readUInt32LE() / 2 ** 32
  return Math.floor(share * limit)
}
