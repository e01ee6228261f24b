import { deriveTelemetryId, parseWith } from '@voicemode-telemetry/protocol'
import { secretBodySchema } from '@voicemode-telemetry/protocol/wire/rights'
import { readJson } from '../http/body.ts'
import type { Refusal } from '../http/problem.ts'
import { type IpAddressLimiter, refuseOverLimit } from '../limits/ipAddressLimiter.ts'

/**
 * Reads who asks about an installation's data. The secret goes no further than this. Known and unknown secrets get
 * indistinguishable answers.
 *
 * @param attempts counts every request of an IP address, whatever comes of it.
 */
export async function proveInstallation(
  request: Request,
  ipAddress: string,
  attempts: IpAddressLimiter,
): Promise<{ telemetryId: string } | Refusal> {
  const refusal = await refuseOverLimit(attempts, ipAddress)
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
