import { expect, test } from 'vitest'
import { hashIpAddress, importIpAddressKey } from './postgresIpAddresses.ts'

test('an IP address hashes alike under one key, and unlike under another or for another purpose', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map((byte) => importIpAddressKey(new Uint8Array(16).fill(byte))),
  )
  if (!one || !other) throw new TypeError('no keys')
  const hash = await hashIpAddress(one, '192.0.2.7', 'events')
  expect(await hashIpAddress(one, '::ffff:192.0.2.7', 'events')).toBe(hash)
  expect(await hashIpAddress(other, '192.0.2.7', 'events')).not.toBe(hash)
  expect(await hashIpAddress(one, '192.0.2.7', 'attempts')).not.toBe(hash)
})
