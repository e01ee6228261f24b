import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTimestamp } from './timestamp.ts'

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['1970-01-01T00:00:00.1Z', 100_000],
  ['1970-01-01T00:00:00.000001+00:00', 1],
  ['1970-01-01T00:00:00.1234567+00:00', 123_456],
  ['1970-01-01T11:00:00+11:00', 0],
  ['1969-12-31T14:30:00-09:30', 0],
])('%s is %d microseconds since 1970', (text, micros) => {
  expect(parseTimestamp(text)).toBe(micros)
})

test.each([
  '2026-11-21T09:15:03',
  '2026-11-31T09:15:03Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T23:59:60Z',
  '2026-11-21',
  '1764000000',
  '',
  null,
  undefined,
  7,
])('%j is no timestamp', (text) => {
  expect(parseTimestamp(text)).toBeUndefined()
})

test('an instant is read the same in whatever zone it is written', () => {
  const instant = fc.integer({ min: 0, max: 4e12 })
  const zone = fc.integer({ min: -14 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(instant, zone, (ms, minutes) => {
      const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1)
      const [hh, mm] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) =>
        String(n).padStart(2, '0'),
      )
      expect(parseTimestamp(`${local}${minutes < 0 ? '-' : '+'}${hh}:${mm}`)).toBe(ms * 1000)
    }),
  )
})
