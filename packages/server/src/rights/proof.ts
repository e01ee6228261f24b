import { deriveTelemetryId, parseWith } from '@voicemode-telemetry/protocol'
import { secretBodySchema } from '@voicemode-telemetry/protocol/wire/rights'
import { readJson } from '../http/body.ts'
import type { Refusal } from '../http/problem.ts'
import { type AddressLimiter, refuseOverLimit } from '../limits/addressLimiter.ts'

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
  const parsed = parseWith(secretBodySchema, body.value)
  if (!parsed.ok) return { kind: 'not-a-secret', problems: parsed.problems }
  return { telemetryId: await deriveTelemetryId(bytesOf(parsed.value.secret)) }
}

function bytesOf(secret: string): Uint8Array {
  const base64 = secret.replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
