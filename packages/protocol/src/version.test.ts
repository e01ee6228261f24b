import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, MINOR_VERSION, minorOf, VERSION } from './version.ts'

const number = fc.integer({ min: 0, max: 9999 })

test('the series of every version is its first two numbers', () => {
  fc.assert(
    fc.property(number, number, number, (major, minor, patch) => {
      const version = `${major}.${minor}.${patch}`
      expect(version).toMatch(VERSION)
      expect(minorOf(version)).toBe(`${major}.${minor}`)
      expect(minorOf(version)).toMatch(MINOR_VERSION)
    }),
  )
  expect(minorOf('unknown')).toBe('unknown')
})

test.each(['', '8', '8.12.', '08.12', '8.12345', '8.12.0', 'v8.12', '8.12-dev'])(
  '%j is no series',
  (text) => {
    expect(text).not.toMatch(MINOR_VERSION)
  },
)

test('versions are ordered by their numbers, newest first, and unknown comes last', () => {
  expect(['unknown', '8.9', '9.0', '8.10'].sort(compareVersions)).toEqual(['9.0', '8.10', '8.9', 'unknown'])
})
