import { expect, test } from 'vitest'
import { hashAddress, importAddressKey } from './postgresAddresses.ts'

test('an address hashes alike under one key, and unlike under another or for another purpose', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map((byte) => importAddressKey(new Uint8Array(16).fill(byte))),
  )
  if (!one || !other) throw new TypeError('no keys')
  const hash = await hashAddress(one, '192.0.2.7', 'events')
  expect(await hashAddress(one, '::ffff:192.0.2.7', 'events')).toBe(hash)
  expect(await hashAddress(other, '192.0.2.7', 'events')).not.toBe(hash)
  expect(await hashAddress(one, '192.0.2.7', 'attempts')).not.toBe(hash)
})
