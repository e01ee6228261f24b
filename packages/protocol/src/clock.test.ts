import { expect, test } from 'vitest'
import { type ClockVerdict, HOLD_DAYS, judgeClock, MAX_LEAP_DAYS } from './clock.ts'
import { addDays, MS_PER_DAY, startOfDay } from './day.ts'

const MS_PER_HOUR = 3_600_000

const KNOWN = '2026-11-21'
/** A time of a day that is later than all that is known. */
const LEAPT = startOfDay(addDays(KNOWN, 200))

const judge = (now: number, before?: ClockVerdict) =>
  judgeClock({
    now,
    newestKnown: KNOWN,
    doubt: before?.outcome === 'doubted' ? before.doubt : undefined,
  })

test('a clock is believed up to a few days after the newest day that is known, and where it went back', () => {
  const last = startOfDay(addDays(KNOWN, MAX_LEAP_DAYS + 1))
  expect(judge(last - 1).outcome).toBe('believed')
  expect(judge(last).outcome).toBe('doubted')
  expect(judge(startOfDay('2020-01-01')).outcome).toBe('believed')
  expect(judgeClock({ now: LEAPT, newestKnown: undefined, doubt: undefined }).outcome).toBe('believed')
})

test('a clock that has leapt is believed when it has gone on for days of running', () => {
  let verdict = judge(LEAPT)
  for (let hour = 1; hour < HOLD_DAYS * 24; hour++) {
    verdict = judge(LEAPT + hour * MS_PER_HOUR, verdict)
    expect(verdict.outcome).toBe('doubted')
  }
  expect(judge(LEAPT + HOLD_DAYS * MS_PER_DAY, verdict).outcome).toBe('believed')
})

test('a pause of more than a day, or a clock that goes back, begins the wait anew', () => {
  const doubted = judge(LEAPT)
  expect(judge(LEAPT + HOLD_DAYS * MS_PER_DAY, doubted).outcome).toBe('doubted')
  const back = judge(LEAPT - MS_PER_HOUR, doubted)
  expect(back).toMatchObject({ outcome: 'doubted', doubt: { since: LEAPT - MS_PER_HOUR } })
})
