import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from './sha256.ts'

test('a hash of a text is the one that everybody computes', () => {
  const same = (text: string) =>
    expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
  // Around the ends of blocks.
  for (let length = 0; length < 200; length++) same('a'.repeat(length))
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void same(text)))
})
