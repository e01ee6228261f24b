import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createLineWriter } from './lineWriter.ts'

test('what a reader does not read waits up to a bound, and more is lost and counted', () => {
  const unread = new PassThrough({ highWaterMark: 0 })
  const lines = createLineWriter(unread)
  const LINE = 'x'.repeat(1023)
  for (let n = 0; n < 100; n++) lines.write(LINE)
  expect(unread.writableLength).toBeLessThanOrEqual(66_560)
  expect(lines.lost()).toBe(35)
})
