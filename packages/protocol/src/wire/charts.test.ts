import { expect, test } from 'vitest'
import { FIELDS } from '../describe.ts'
import { parseFieldValue, SEGMENT_FIELDS, writeFieldValue } from './charts.ts'

test.each(['environment.version:8.12', 'environment.version:unknown', 'environment.os_type:Linux'])(
  '%s is one value of one field, and is written as it was read',
  (text) => {
    const parsed = parseFieldValue(text, SEGMENT_FIELDS)
    expect(parsed && writeFieldValue(parsed)).toBe(text)
  },
)

test.each([
  ...['', ':', 'environment.os_type', 'environment.os_type:', 'environment.os_type:BeOS'],
  ...['environment.version:8.12.0', 'environment.version:08.1', 'usage.transport_usage:livekit'],
  ...['environment.os_type=Linux', 'environment.os_type:Linux:Linux'],
])('%j is none', (text) => {
  expect(parseFieldValue(text, SEGMENT_FIELDS)).toBeUndefined()
})

test('the fields of segments are fields of the contract, in its order', () => {
  const paths: string[] = FIELDS.map(({ path }) => path)
  expect(SEGMENT_FIELDS).toEqual(paths.filter((path) => SEGMENT_FIELDS.some((field) => field === path)))
})
