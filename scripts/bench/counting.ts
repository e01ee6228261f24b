import { join } from 'node:path'
import { rollUp } from '../../packages/server/src/counts/rollUp.ts'
import { createHost } from '../../packages/server/src/createHost.ts'
import type { Driver } from '../../packages/server/src/store/driver.ts'
import { openSqlite } from '../../packages/server/src/store/drivers/sqlite.ts'
import { createSqlStore } from '../../packages/server/src/store/sqlStore.ts'
import { read, sql } from '../../packages/server/src/store/statement.ts'
import { fillDays, INSTALLATIONS_A_DAY } from './fullStore.ts'
import { pairsOf, type Row, secondsOf } from './statistics.ts'

const RUNS = 5
const PAGE = 3_000

/** Counting a day of 100,000 events anew against merely reading and parsing them; and how often a database is asked for that. */
export async function benchCounting(scratch: string): Promise<Row[]> {
  const path = join(scratch, 'counting.db')
  await fillDays(path, 1, 1)
  const driver = openSqlite(path)
  let batches = 0
  const counted: Driver = {
    ...driver,
    batch(statements) {
      batches++
      return driver.batch(statements)
    },
  }
  const store = createSqlStore({ driver: counted, host: createHost(), eventsPerIdPerHour: 10 })
  const count = async () => {
    await driver.batch([sql`DELETE FROM counts`, sql`UPDATE days SET aggregated = 0`])
    batches = 0
    const before = process.cpuUsage()
    const seconds = await secondsOf(async () => {
      for (const day of await store.daysToAggregate()) {
        await store.writeCounts(day, await rollUp(store.eventsOf(day.day)))
      }
    })
    const { user, system } = process.cpuUsage(before)
    return { seconds, cpuSeconds: (user + system) / 1e6 }
  }
  const pairs = await pairsOf(RUNS, count, () => secondsOf(() => readAndParse(driver)))
  await store.close()
  const what = `counting a day of ${INSTALLATIONS_A_DAY} events`
  return [
    { what, against: 'seconds', numbers: pairs.map(([own]) => own.seconds), target: '≤ 1.0' },
    { what, against: 'seconds of a processor', numbers: pairs.map(([own]) => own.cpuSeconds) },
    {
      what,
      against: 'reading and parsing them',
      numbers: pairs.map(([own, other]) => own.seconds / other),
      target: '≤ 2.0',
    },
    { what, against: 'round trips', numbers: [batches], target: '≤ 60' },
  ]
}

async function readAndParse(driver: Driver): Promise<void> {
  let last = ''
  for (let isFull = true; isFull; ) {
    const [rows = []] = await driver.batch([
      read`SELECT telemetry_id, body FROM events WHERE day = (SELECT MAX(day) FROM days) AND telemetry_id > ${last}
           ORDER BY telemetry_id LIMIT ${PAGE}`,
    ])
    for (const { body } of rows) JSON.parse(String(body))
    isFull = rows.length === PAGE
    last = String(rows.at(-1)?.telemetry_id)
  }
}
