import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import lockfile from 'proper-lockfile'
import type { Host } from '../host.ts'

/** A holder that has not shown signs of life for so long is dead. */
const STALE_MS = 10_000
/** Between two tries of somebody who waits. */
const RETRY_MS = 200

/**
 * Runs something while no other process of this machine does.
 *
 * @param waitMs how long to wait for another one to end; 0 for not at all.
 * @returns what it returned, or `busy`. @throws where the base directory can't be written.
 */
export async function withSenderLock<Result>(
  host: Host,
  waitMs: number,
  run: () => Promise<Result>,
): Promise<Result | 'busy'> {
  mkdirSync(host.directories.ownBase, { recursive: true, mode: 0o700 })
  // Only a held lock is worth waiting for.
  accessSync(host.directories.ownBase, constants.W_OK)
  let release: () => Promise<void>
  try {
    release = await lockfile.lock(host.directories.ownBase, {
      lockfilePath: join(host.directories.ownBase, 'telemetry.lock'),
      realpath: false,
      stale: STALE_MS,
      retries: {
        retries: Math.ceil(waitMs / RETRY_MS),
        factor: 1,
        minTimeout: RETRY_MS,
        maxTimeout: RETRY_MS,
      },
      // Somebody took the lock for stale, after a long sleep of the machine, say: one id a day makes a second send harmless.
      onCompromised: () => {},
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return 'busy'
    throw error
  }
  try {
    return await run()
  } finally {
    await release().catch(() => {})
  }
}
