import { expect, test } from 'vitest'
import { hashIpAddress } from './postgresIpAddresses.ts'

test('an IP address hashes alike under one key, and unlike under another or for another purpose', () => {
  const [one, other] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)]
  const hash = hashIpAddress(one, '192.0.2.7', 'events')
  expect(hashIpAddress(one, '::ffff:192.0.2.7', 'events')).toBe(hash)
  expect(hashIpAddress(other, '192.0.2.7', 'events')).not.toBe(hash)
  expect(hashIpAddress(one, '192.0.2.7', 'attempts')).not.toBe(hash)
})
