import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import lockfile from 'proper-lockfile'

/** A lock that has not been renewed for this long belongs to a dead process. */
const STALE_MS = 10_000
/** Between two tries while waiting. */
const RETRY_MS = 200

/**
 * Runs something while no other process of this machine does.
 *
 * @param folder where the lock is. It is made if it is missing.
 * @param waitMs how long to wait for another process to end; 0 for not at all.
 * @returns what `run` returned, or `busy`.
 * @throws the file system's error if the folder can't be written.
 */
export async function withLock<Result>(
  folder: string,
  waitMs: number,
  run: () => Promise<Result>,
): Promise<Result | 'busy'> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Waiting helps only if another process holds the lock.
  accessSync(folder, constants.W_OK)
  let release: () => Promise<void>
  try {
    release = await lockfile.lock(folder, {
      lockfilePath: join(folder, 'telemetry.lock'),
      realpath: false,
      stale: STALE_MS,
      retries: {
        retries: Math.ceil(waitMs / RETRY_MS),
        factor: 1,
        minTimeout: RETRY_MS,
        maxTimeout: RETRY_MS,
      },
      // Another process may take the lock after a long sleep of the machine. A second send is harmless: a day has one id.
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
