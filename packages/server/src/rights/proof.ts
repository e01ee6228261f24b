import { deriveTelemetryId } from '@voicemode-telemetry/protocol'
import { readJson } from '../http/body.ts'
import type { Refusal } from '../http/problem.ts'
import { type AddressLimiter, refuseOverLimit } from '../limits/addressLimiter.ts'

/** 32 bytes are 43 characters without padding, of which the last carries 4 bits. */
const SECRET = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

const EXPECTED_SECRET = '32 bytes in base64url, without padding'

/**
 * Reads who asks about an installation's data. The secret goes no further than this. Known and unknown secrets get
 * indistinguishable answers.
 *
 * @param attempts counts every request of an address, whatever comes of it.
 */
export async function proveInstallation(
  request: Request,
  address: string,
  attempts: AddressLimiter,
): Promise<{ telemetryId: string } | Refusal> {
  const refusal = await refuseOverLimit(attempts, address)
  if (refusal) return refusal
  const body = await readJson(request)
  if ('kind' in body) return body
  const secret = readSecret(body.value)
  if ('kind' in secret) return secret
  return { telemetryId: await deriveTelemetryId(secret.bytes) }
}

function readSecret(value: unknown): { bytes: Uint8Array } | Refusal {
  const notASecret = (field: string, expected: string): Refusal => ({
    kind: 'not-a-secret',
    problems: [{ field, expected }],
  })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return notASecret('', 'an object with a secret')
  }
  const { secret, ...others } = value as Record<string, unknown>
  if (typeof secret !== 'string' || !SECRET.test(secret)) return notASecret('secret', EXPECTED_SECRET)
  if (Object.keys(others).length > 0) return notASecret('', 'no other key than secret')
  const base64 = secret.replaceAll('-', '+').replaceAll('_', '/')
  return { bytes: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) }
}
