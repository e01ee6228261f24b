const TELEMETRY_ID_DOMAIN = 'voicemode-telemetry-id'

/**
 * The installation's id: a UUID of version 8 (RFC 9562, section 5.8) whose 122 free bits are the first of SHA-256 over
 * `voicemode-telemetry-id` followed by the secret. With the secret, its owner can prove that the id is theirs.
 *
 * @param secret `SECRET_BYTES` random bytes.
 */
export async function deriveTelemetryId(secret: Uint8Array): Promise<string> {
  const domain = new TextEncoder().encode(TELEMETRY_ID_DOMAIN)
  const input = new Uint8Array(domain.length + secret.length)
  input.set(domain)
  input.set(secret, domain.length)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', input))
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const bits = BigInt(`0x${hex}`) >> BigInt(256 - 122)
  const a = bits >> 74n
  const b = (bits >> 62n) & 0xfffn
  const c = bits & ((1n << 62n) - 1n)
  const digits = ((a << 80n) | (8n << 76n) | (b << 64n) | (2n << 62n) | c).toString(16).padStart(32, '0')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
