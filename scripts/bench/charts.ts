import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { addDays, dayAt, EVENT_RETENTION_DAYS } from '../../packages/protocol/src/index.ts'
import { aggregateNews } from '../../packages/server/src/aggregate/aggregate.ts'
import { createHost } from '../../packages/server/src/createHost.ts'
import { openSqlite } from '../../packages/server/src/store/drivers/sqlite.ts'
import { createSqlStore } from '../../packages/server/src/store/sqlStore.ts'
import { fillDays, INSTALLATIONS_A_DAY } from './fullStore.ts'
import { loadOf, startListening } from './processes.ts'
import { at, type Row, secondsOf, tellProgress } from './statistics.ts'

const REQUESTS = 40
const RUNS = 5
const LOAD_SECONDS = 3

/**
 * How long a full store takes to answer each chart, by a real server over HTTP: the median of some requests, in quiet and while 32
 * connections send events.
 *
 * @param args `--days N` with 100,000 events each: 90 where it is absent. `--store FILE` keeps the filled store there, and takes the
 *   one that is there already.
 */
export async function benchCharts(scratch: string, args: string[]): Promise<Row[]> {
  const { days = '90', store: path = join(scratch, 'charts.db') } = parseArgs({
    args,
    options: { days: { type: 'string' }, store: { type: 'string' } },
  }).values
  if (!existsSync(path)) {
    const filling = await secondsOf(() => fillDays(path, Number(days), 1))
    tellProgress(`${Number(days) * INSTALLATIONS_A_DAY} events, filled in ${filling.toFixed(0)} s`)
  }
  const store = createSqlStore({ driver: openSqlite(path), host: createHost(), eventsPerIdPerHour: 10 })
  const counting = await secondsOf(() => aggregateNews(store, EVENT_RETENTION_DAYS, createHost().log))
  await store.close()
  tellProgress(`counted in ${counting.toFixed(0)} s`)
  const server = await startListening('../../packages/server/src/main.ts', [
    ...['--port', '0', '--json', '--retention-days', `${EVENT_RETENTION_DAYS}`],
    ...['--events-per-address-per-hour', '1000000000', '--database', `sqlite:${path}`],
  ])
  try {
    const quiet = await measureRoutes(server.url, 'in quiet')
    let isLoading = true
    const loading = (async () => {
      while (isLoading) await loadOf(server.url, 32, LOAD_SECONDS)
    })()
    const busy = await measureRoutes(server.url, 'while events come in')
    isLoading = false
    await loading
    return [...quiet, ...busy]
  } finally {
    await server.end()
  }
}

async function measureRoutes(url: string, when: string): Promise<Row[]> {
  const to = addDays(dayAt(Date.now()), -1)
  const rows: Row[] = []
  for (const days of [7, 30, 90]) {
    const range = `from=${addDays(to, 1 - days)}&to=${to}`
    for (const path of [
      `daily?${range}`,
      `daily?${range}&filter=environment.os_type:Linux`,
      `daily?${range}&field=installations.last_30_days`,
      `segments?${range}&field=usage.error_types&value=TimeoutError`,
    ]) {
      const what = `${path.replace(range, `${days} days`)}, ${when}`
      tellProgress(what)
      const numbers: number[] = []
      for (let run = 0; run < RUNS; run++) numbers.push(await medianOf(`${url}/v1/charts/${path}`))
      rows.push({ what, against: 'ms', numbers, target: '≤ 25' })
    }
  }
  return rows
}

/** The median of how long some requests take, one after the other, in milliseconds. */
async function medianOf(url: string): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < REQUESTS; n++) {
    const seconds = await secondsOf(async () => {
      const answer = await fetch(url)
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
      await answer.arrayBuffer()
    })
    times.push(1000 * seconds)
  }
  return at(
    times.sort((a, b) => a - b),
    0.5,
  )
}
