import { sha256 } from '../sha256.ts'

export const SUBJECT_PREFIX = 'id:'

/** What an installation's limit is counted under. */
export function subjectOf(telemetryId: string): string {
  return SUBJECT_PREFIX + telemetryId
}

/** What stands for an id in its tombstone: SHA-256, 64 hex digits. The id cannot be had back, for it is as good as random. */
export function hashOf(telemetryId: string): string {
  return sha256(telemetryId)
}
