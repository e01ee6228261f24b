import { expect, test } from 'vitest'
import { isDay } from './day.ts'
import { FIELDS } from './describe.ts'
import { NOTICES } from './notices.ts'

test('every notice that a field names is in the list, and every notice has its number and its day', () => {
  const versions = NOTICES.map(({ version }) => version)
  expect(versions).toEqual(NOTICES.map((_, n) => NOTICES.length - n))
  for (const { path, sinceNotice } of FIELDS) expect(versions, path).toContain(sinceNotice)
  const dates = NOTICES.map(({ date }) => date)
  expect(dates.every(isDay)).toBe(true)
  expect(dates).toEqual(dates.toSorted().toReversed())
})
