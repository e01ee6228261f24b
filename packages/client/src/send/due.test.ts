import { startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { whyNotDue } from './due.ts'

const MINUTE_MS = 60_000
const yes = startOfDay('2026-11-01') + 1

test('a day is due five minutes after it is over, for seven days', () => {
  const midnight = startOfDay('2026-11-20')
  expect(whyNotDue('2026-11-20', midnight + 1, yes)).toBe('not over')
  expect(whyNotDue('2026-11-19', midnight + 5 * MINUTE_MS - 1, yes)).toBe('not over')
  expect(whyNotDue('2026-11-19', midnight + 5 * MINUTE_MS, yes)).toBeUndefined()
  expect(whyNotDue('2026-11-13', midnight + 5 * MINUTE_MS, yes)).toBeUndefined()
  expect(whyNotDue('2026-11-12', midnight + 5 * MINUTE_MS, yes)).toBe('too old')
})

test('a day that was over before the yes is never due, that of the yes is', () => {
  const now = startOfDay('2026-11-03')
  expect(whyNotDue('2026-10-31', now, yes)).toBe('before the yes')
  expect(whyNotDue('2026-11-01', now, yes)).toBeUndefined()
})
