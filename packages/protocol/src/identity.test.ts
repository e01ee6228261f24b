import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveEventId } from './eventId.ts'
import { deriveTelemetryId } from './identity.ts'

test('an event id is the start of the hash of id and timestamp', () => {
  const text = 'e85850d8-3ca6-8a78-952a-d0f195738b0a:2026-11-21T00:00:00+00:00'
  const [id = '', timestamp = ''] = [text.slice(0, 36), text.slice(37)]
  expect(deriveEventId(id, timestamp)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16))
})

test('a telemetry id is a UUID of version 8 that holds the first 122 bits of the hash', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (secret) => {
      const id = await deriveTelemetryId(secret)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const digest = createHash('sha256').update('voicemode-telemetry-id').update(secret).digest()
      const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('')
      const idBits = Array.from(id.replaceAll('-', ''), (digit) =>
        Number.parseInt(digit, 16).toString(2).padStart(4, '0'),
      ).join('')
      expect(idBits.slice(0, 48) + idBits.slice(52, 64) + idBits.slice(66)).toBe(bits.slice(0, 122))
    }),
  )
})
