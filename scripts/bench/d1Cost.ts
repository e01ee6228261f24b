import { fileURLToPath } from 'node:url'
import { getPlatformProxy } from 'wrangler'
import { addDays, dayAt } from '../../packages/protocol/src/index.ts'
import { createHost } from '../../packages/server/src/createHost.ts'
import { type D1Binding, openD1 } from '../../packages/server/src/store/drivers/d1.ts'
import { migrate } from '../../packages/server/src/store/migrate.ts'
import { createSqlStore } from '../../packages/server/src/store/sqlStore.ts'
import { eventOf } from '../../packages/server/test/events.ts'
import type { Row } from './statistics.ts'

const EVENTS = 100
const CONFIG = fileURLToPath(new URL('../../packages/server/wrangler.jsonc', import.meta.url))

interface Meta {
  rows_read: number
  rows_written: number
}

/** What Cloudflare charges for an event: the rows that local D1 says it read and wrote, and the round trips. */
export async function benchD1Cost(): Promise<Row[]> {
  const { env, dispose } = await getPlatformProxy<{ DB: D1Binding }>({ configPath: CONFIG, persist: false })
  const cost = { trips: 0, read: 0, written: 0 }
  const driver = openD1({
    prepare: (sql) => env.DB.prepare(sql),
    async batch(statements) {
      const answers = (await env.DB.batch(statements)) as Awaited<ReturnType<D1Binding['batch']>> &
        { meta: Meta }[]
      cost.trips += 1
      for (const { meta } of answers) {
        cost.read += meta.rows_read
        cost.written += meta.rows_written
      }
      return answers
    },
  })
  try {
    await migrate(driver)
    const store = createSqlStore({ driver, host: createHost(), eventsPerIdPerHour: 10 })
    const day = addDays(dayAt(Date.now()), -1)
    await store.add(await eventOf({ installation: 0, day }))
    Object.assign(cost, { trips: 0, read: 0, written: 0 })
    for (let n = 1; n <= EVENTS; n++) await store.add(await eventOf({ installation: n, day }))
    const units = { trips: 'round trips', read: 'rows read', written: 'rows written' }
    return Object.entries(units).map(([name, against]) => ({
      what: 'an event on D1',
      against,
      numbers: [cost[name as keyof typeof cost] / EVENTS],
    }))
  } finally {
    await dispose()
  }
}
