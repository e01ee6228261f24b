import { expect, test } from 'vitest'
import { FIELDS, fieldAt, noticeTerms, policyTable } from './describe.ts'
import { describeFields } from './describeFields.ts'

test('the fields are those of the schema', () => {
  expect(FIELDS).toEqual(describeFields())
})

test('every field of the contract has a label, a purpose in one sentence, a time it is kept and a notice', () => {
  for (const field of FIELDS) {
    expect(field.label).not.toBe('')
    expect(field.purpose).toMatch(/^[A-Z][^.]*\.$/)
    expect(field.keptDays).toBe(90)
    expect(field.sinceNotice).toBeGreaterThan(0)
  }
})

test('a field is found by its path, and an unknown path is an error', () => {
  expect(fieldAt('usage.transport_usage')).toMatchObject({
    words: ['local', 'livekit', 'other'],
    isMap: true,
  })
  expect(() => fieldAt('usage.mood')).toThrow(RangeError)
})

test('the terms of a notice are the fields and their words', () => {
  expect(noticeTerms()).toContain('environment.mcp_host=zed')
  expect(noticeTerms()).toContain('usage.success_rate')
})

test('the policy table has a row for every field', () => {
  expect(policyTable().split('\n')).toHaveLength(FIELDS.length + 2)
})
