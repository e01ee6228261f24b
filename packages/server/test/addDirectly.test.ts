import { addDays, type Day } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MS_PER_HOUR } from '../src/host.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { raw, read } from '../src/store/statement.ts'
import type { Store } from '../src/store/store.ts'
import { eventOf, NOON, TODAY } from './events.ts'
import { testHost } from './testHost.ts'

const LIMIT = 3

const events = fc.array(
  fc.record({
    installation: fc.integer({ min: 1, max: 3 }),
    hour: fc.integer({ min: 0, max: 5 }),
    daysAgo: fc.integer({ min: 0, max: 1 }),
    os: fc.constantFrom('Linux' as const, 'Linux' as const, 'Darwin' as const),
  }),
  { minLength: 1, maxLength: 12 },
)
/** Each by one of two servers. */
const adding = fc.record({ add: events, server: fc.integer({ min: 0, max: 1 }) })
const STEPS = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: adding },
    { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: -2, max: 5 }) }) },
    fc.record({ forget: fc.constantFrom(TODAY, addDays(TODAY, -1)) }),
    fc.record({ erase: fc.integer({ min: 1, max: 3 }) }),
    fc.constantFrom('drop' as const, 'restart' as const),
  ),
  { minLength: 2, maxLength: 12 },
)
const EVENT = { installation: 1, hour: 0, daysAgo: 0, os: 'Linux' as const }
const AS_MANY_AS_ALLOWED = Array.from({ length: LIMIT }, (_, hour) => ({ ...EVENT, hour }))
/** The hour of a wrong clock is dropped, while rows of another one are the newest. */
const WRONG_CLOCK: Step[] = [
  ...[{ pass: 5 }, { add: AS_MANY_AS_ALLOWED, server: 0 }, { pass: -2 }, { pass: -2 }],
  ...[2, 3].map((installation) => ({ add: [{ ...EVENT, installation }], server: 0 })),
  ...['drop' as const, { add: [{ ...EVENT, hour: LIMIT }], server: 0 }],
]
/** What is over by a wrong clock runs again when that is set back. */
const SET_BACK: Step[] = [
  { add: AS_MANY_AS_ALLOWED, server: 0 },
  ...[2, 3].flatMap((installation) => [{ add: [{ ...EVENT, installation }], server: 0 }, { pass: 2 }]),
  ...[{ pass: -2 }, { pass: -2 }],
  { add: [{ ...EVENT, hour: LIMIT }], server: 0 },
]

type Step = typeof STEPS extends fc.Arbitrary<(infer One)[]> ? One : never

/** What a store answers to each step, and what its tables hold at the end. */
async function play(engine: 'sqlite' | 'd1', steps: readonly Step[]): Promise<unknown> {
  const driver = { ...openSqlite(':memory:'), engine }
  await migrate(driver)
  let now = NOON
  const start = () => createSqlStore({ driver, host: testHost(() => now), eventsPerIdPerHour: LIMIT })
  const stores: [Store, Store] = [start(), start()]
  const answers: unknown[] = []
  for (const step of steps) {
    if (typeof step === 'object' && 'pass' in step) {
      now += (step.pass * MS_PER_HOUR) / 2
    } else if (step === 'restart') {
      stores[0] = start()
    } else {
      answers.push(await run(stores, step, now))
    }
  }
  const tables = await driver.batch([
    read`SELECT * FROM events ORDER BY day, telemetry_id, event_id`,
    read`SELECT day, version, forgotten FROM days ORDER BY day`,
    read`SELECT * FROM tombstones ORDER BY id_hash`,
    // The newest row of an installation counts. Whether it is counted beyond a limit is told by nothing.
    read`SELECT subject, MAX(window_start * 10 + MIN(n, ${LIMIT})) AS hour
         FROM ${raw(engine === 'sqlite' ? 'limit_log' : 'quota')} GROUP BY subject`,
  ])
  await stores[0].close()
  return { answers, tables }
}

async function run(
  stores: [Store, Store],
  step: Exclude<Step, { pass: number } | 'restart'>,
  now: number,
): Promise<unknown> {
  const [store] = stores
  if (step === 'drop') {
    for (const each of stores) await each.dropStaleLimits()
    return store.dropOldTombstones(now)
  }
  if ('forget' in step) return forget(store, step.forget)
  if ('erase' in step)
    return store.deleteInstallation((await eventOf({ installation: step.erase })).telemetry_id)
  const given = await Promise.all(
    step.add.map(async ({ installation, hour, daysAgo, os }) => {
      const event = await eventOf({ installation, hour, day: addDays(TODAY, -daysAgo) })
      return { ...event, environment: { ...event.environment, os_type: os } }
    }),
  )
  return Promise.all(given.map((event) => (stores[step.server] ?? store).add(event)))
}

async function forget(store: Store, day: Day): Promise<unknown> {
  const known = (await store.rawDaysBefore(addDays(day, 1))).find((of) => of.day === day)
  return known && store.forget(known)
}

test('events that are taken one by one have the same outcomes, and leave the same tables, as those taken in sets', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const direct = await play('sqlite', steps)
      expect(direct).toEqual(await play('d1', steps))
      for (const [outcome] of JSON.stringify(direct).matchAll(/(?<="outcome":")\w+/g)) seen.add(outcome)
    }),
    { numRuns: 60, examples: [[WRONG_CLOCK], [SET_BACK]] },
  )
  expect([...seen].sort()).toEqual([
    'conflicting',
    'duplicate',
    'forgotten',
    'limited',
    'stored',
    'suppressed',
  ])
})
