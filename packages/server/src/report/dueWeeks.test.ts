import { expect, test } from 'vitest'
import { newestDueWeek } from './dueWeeks.ts'

test('a week is due on the eighth day after its Sunday and not before', () => {
  expect(newestDueWeek('2026-11-29')).toBe('2026-W46')
  expect(newestDueWeek('2026-11-30')).toBe('2026-W47')
  expect(newestDueWeek('2026-12-06')).toBe('2026-W47')
  expect(newestDueWeek('2026-12-07')).toBe('2026-W48')
  expect(newestDueWeek('2027-01-11')).toBe('2026-W53')
})
