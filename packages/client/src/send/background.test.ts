import { dayAt, MS_PER_DAY, startOfDay } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHost } from '../createHost.ts'
import { drawTimeOfDayMs, nextAtTimeOfDay } from './background.ts'
import { backoffMs } from './backoff.ts'

const HOUR_MS = 60 * 60_000
const MIDNIGHT = startOfDay('2026-11-23')
const host = createHost()

test('a day brings one send, at the time of day of the machine', () => {
  const time = fc.integer({ min: 0, max: MS_PER_DAY - 1 })
  fc.assert(
    fc.property(time, time, (timeOfDayMs, sinceMidnightMs) => {
      const last = MIDNIGHT + sinceMidnightMs
      const next = nextAtTimeOfDay(timeOfDayMs, last)
      expect(next - startOfDay(dayAt(next))).toBe(timeOfDayMs)
      expect(next > last && next <= last + MS_PER_DAY).toBe(true)
    }),
  )
})

// Of so many draws, an hour gets fewer than half or more than twice its share once in millions of runs.
const MACHINES = 2400

test('the times of day of many machines fill the day evenly, and none is before the last day is over', () => {
  const times = Array.from({ length: MACHINES }, () => drawTimeOfDayMs(host))
  expect(Math.min(...times)).toBeGreaterThanOrEqual(5 * 60_000)
  expectEven(times.map((time) => Math.floor(time / HOUR_MS)))
})

test('an office where cron starts every machine at the same minute of each hour sends all day', () => {
  const sentAt: number[] = []
  for (let machine = 0; machine < MACHINES; machine++) {
    const timeOfDayMs = drawTimeOfDayMs(host)
    // All machines are turned on at once, and the first send waits for no time of day.
    let last = MIDNIGHT + 9 * HOUR_MS + 17 * 60_000
    for (let now = last; now < MIDNIGHT + 3 * MS_PER_DAY; now += HOUR_MS) {
      if (now < nextAtTimeOfDay(timeOfDayMs, last)) continue
      last = now
      if (now >= MIDNIGHT + 2 * MS_PER_DAY) sentAt.push(Math.floor((now % MS_PER_DAY) / HOUR_MS))
    }
  }
  expect(sentAt).toHaveLength(MACHINES)
  expectEven(sentAt)
})

function expectEven(hours: number[]): void {
  for (let hour = 0; hour < 24; hour++) {
    const n = hours.filter((at) => at === hour).length
    expect(n > MACHINES / 48 && n < MACHINES / 12, `${n} in hour ${hour}`).toBe(true)
  }
}

test('a backoff is random, doubles its limit with each attempt, and has a cap', () => {
  const limits = { baseMs: 1000, capMs: 6000 }
  const longest = (attempt: number) =>
    backoffMs({ randomBytes: (length) => new Uint8Array(length).fill(255) }, attempt, limits)
  expect([1, 2, 3, 4, 500].map(longest)).toEqual([999, 1999, 3999, 5999, 5999])
  expect(backoffMs({ randomBytes: (length) => new Uint8Array(length) }, 4, limits)).toBe(0)
})
