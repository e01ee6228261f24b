import { addDays, type Day, daysBetween, daysFromTo } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countActivity, firstCountableDay } from './activity.ts'
import type { Count } from './counts.ts'

/** A Monday. */
const START: Day = '2026-01-05'

const day = (n: number) => addDays(START, n)
const daysOf = (...numbers: number[]) => numbers.map(day)

/** The same by the words of the definition, each number counted by itself. */
function recount(installations: readonly Day[][]): Count[] {
  const all = installations.flat().sort()
  const [first, last] = [all[0], all.at(-1)]
  if (first === undefined || last === undefined) return []
  const within = (days: Day[], from: Day, to: Day) => days.some((active) => active >= from && active <= to)
  const isNew = (days: Day[], on: Day) =>
    days.includes(on) && !within(days, addDays(on, -29), addDays(on, -1))
  const count = (field: string, on: Day, is: (days: Day[]) => boolean) => {
    const n = installations.filter(is).length
    return n > 0 ? [{ day: on, field, value: '', n }] : []
  }
  return daysFromTo(first, last)
    .flatMap((on) => [
      ...count('installations.last_7_days', on, (days) => within(days, addDays(on, -6), on)),
      ...count('installations.last_30_days', on, (days) => within(days, addDays(on, -29), on)),
      ...count('installations.new', on, (days) => isNew(days, on)),
    ])
    .concat(
      daysFromTo(addDays(first, -6), last)
        .filter((monday) => daysBetween(START, monday) % 7 === 0)
        .flatMap((monday) => {
          const cohort = installations.filter((days) =>
            daysFromTo(monday, addDays(monday, 6)).some((on) => isNew(days, on)),
          )
          const weeks = Array.from({ length: 13 }, (_, k) => addDays(monday, 7 * k))
          return weeks
            .filter((week) => cohort.length > 0 && addDays(week, 6) <= last)
            .map((week, k) => ({
              day: monday,
              field: 'installations.cohort',
              value: String(k),
              n: cohort.filter((days) => within(days, week, addDays(week, 6))).length,
            }))
        }),
    )
}

function inOrder(counts: Count[]): Count[] {
  const keyOf = ({ day, field, value }: Count) => `${day} ${field} ${value.padStart(2, '0')}`
  return counts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Installations with days in any order and some of them twice, over more weeks than a cohort is followed. */
const anyInstallations = fc.array(
  fc
    .array(fc.integer({ min: 0, max: 130 }), { minLength: 1, maxLength: 30 })
    .map((numbers) => daysOf(...numbers)),
  { maxLength: 12 },
)

test('activity is what the definition says, counted by itself for each day', async () => {
  await fc.assert(
    fc.asyncProperty(anyInstallations, async (installations) => {
      expect(inOrder(await countActivity(installations, undefined))).toEqual(inOrder(recount(installations)))
    }),
  )
})

test('what was counted day by day, while older days were forgotten, is what was there', async () => {
  const KEPT_DAYS = 50
  await fc.assert(
    fc.asyncProperty(anyInstallations, async (some) => {
      const installations = [...some, daysFromTo(day(0), day(130))]
      let stored: Count[] = []
      for (let today = 0; today <= 130; today++) {
        const lastForgotten = today > KEPT_DAYS ? day(today - KEPT_DAYS - 1) : undefined
        const left = installations
          .map((days) => days.filter((active) => active > (lastForgotten ?? '') && active <= day(today)))
          .filter((days) => days.length > 0)
        const counted = await countActivity(left, lastForgotten)
        stored = [...stored.filter(({ day }) => day < firstCountableDay(lastForgotten)), ...counted]
      }
      const whole = recount(installations)
      const isCohort = ({ field }: Count) => field === 'installations.cohort'
      const isDaily = (count: Count) => !isCohort(count)
      expect(inOrder(stored.filter(isDaily))).toEqual(inOrder(whole.filter(isDaily)))
      expect(whole).toEqual(expect.arrayContaining(stored.filter(isCohort)))
    }),
    { numRuns: 20 },
  )
})

test('one that comes back after a month is new again, and weeks that are over count in both cohorts', async () => {
  const counts = await countActivity([daysOf(0, 29, 60), daysOf(70)], undefined)
  const of = (field: string) =>
    counts.filter((count) => count.field === field).map(({ day, value, n }) => [day, value, n])
  expect(of('installations.new')).toEqual([
    [day(0), '', 1],
    [day(60), '', 1],
    [day(70), '', 1],
  ])
  expect(of('installations.cohort')).toEqual([
    ...[1, 0, 0, 0, 1, 0, 0, 0, 1, 0].map((n, k) => [day(0), String(k), n]),
    ...[1, 0].map((n, k) => [day(56), String(k), n]),
  ])
})
