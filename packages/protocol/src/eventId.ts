import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * The id of an event: the first 16 hex digits of SHA-256 of `<telemetry_id>:<timestamp>`. The same day of the same installation
 * always has the same id.
 */
export function deriveEventId(telemetryId: string, timestamp: string): string {
  // Not the platform's: to load that takes longer than all else that a preview does before it reads.
  return bytesToHex(sha256(utf8ToBytes(`${telemetryId}:${timestamp}`))).slice(0, 16)
}
