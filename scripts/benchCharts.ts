import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import {
  addDays,
  type Day,
  DURATION_BINS,
  dayAt,
  dayTimestamp,
  type Environment,
  ERROR_TYPES,
  EVENT_RETENTION_DAYS,
  EXCHANGE_BINS,
  encodeEvent,
  FAILED_STEPS,
  parseEvent,
  STT_PROVIDERS,
  type TelemetryEvent,
  TRANSPORTS,
  TTS_PROVIDERS,
  type Usage,
} from '../packages/protocol/src/index.ts'
import { aggregateNews } from '../packages/server/src/aggregate/aggregate.ts'
import { createHost } from '../packages/server/src/createHost.ts'
import { openDatabase } from '../packages/server/src/store/drivers/open.ts'
import { openSqlite } from '../packages/server/src/store/drivers/sqlite.ts'
import { createSqlStore } from '../packages/server/src/store/sqlStore.ts'
import { read, type Statement, textOf } from '../packages/server/src/store/statement.ts'
import { insertRow, openDayRow } from '../packages/server/src/store/tables.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'
import { exampleEnvironment } from './exampleEnvironment.ts'

const REQUESTS = 200
/** Usages and environments are drawn from so many that are made beforehand. */
const VARIANTS = 997

/**
 * How long a full store takes to answer each chart, by a real server over HTTP: under 50 ms in the median, also with 100,000
 * installations a day. Takes about 1.3 KB of disk for each event.
 *
 * @param args `--installations N` active on each day and `--days N`: 10,000 and 90 where they are absent.
 */
export async function benchCharts(scratch: string, args: string[]): Promise<void> {
  const options = { installations: { type: 'string' }, days: { type: 'string' } } as const
  const { installations = '10000', days = '90' } = parseArgs({ args, options }).values
  const path = join(scratch, 'charts.db')
  await (await openDatabase({ databasePath: path, databaseUrl: undefined })).close()
  const filling = await secondsOf(async () => fill(path, Number(installations), Number(days)))
  const gigabytes = (statSync(path).size / 1e9).toFixed(1)
  console.log(`${Number(installations) * Number(days)} events in ${gigabytes} GB, filled in ${say(filling)}`)

  const driver = openSqlite(path)
  const store = createSqlStore({ driver, host: createHost(), eventsPerIdPerHour: 10 })
  console.log(
    `everything aggregated in ${say(await secondsOf(() => aggregateNews(store, EVENT_RETENTION_DAYS, createHost().log)))}`,
  )
  const pass = await secondsOf(async () => {
    for await (const _ of store.activeDays());
  })
  console.log(`of that, reading the days of each installation: ${say(pass)}`)
  const [rows = []] = await driver.batch([
    read`SELECT COUNT(*) AS n, COUNT(DISTINCT segment) AS segments FROM counts`,
  ])
  console.log(`${rows[0]?.n} rows of counts in ${rows[0]?.segments} segments`)
  await store.close()

  const server = await startServer(path)
  try {
    await measureRoutes(server.url)
    const event = eventOf('0', addDays(dayAt(Date.now()), -1), 1)
    await fetch(`${server.url}/v1/events`, {
      method: 'POST',
      body: encodeEvent(event),
      headers: { 'content-type': 'application/json' },
    })
    console.log('while what has just come is counted in the background:')
    await measureRoutes(server.url)
  } finally {
    await server.end()
  }
}

async function measureRoutes(url: string): Promise<void> {
  const to = addDays(dayAt(Date.now()), -1)
  for (const days of [7, 30, 90]) {
    const range = `from=${addDays(to, 1 - days)}&to=${to}`
    for (const path of [
      `daily?${range}`,
      `daily?${range}&filter=environment.os_type:Linux`,
      `daily?${range}&field=installations.last_30_days`,
      `segments?${range}&field=usage.error_types&value=TimeoutError`,
    ]) {
      const times: number[] = []
      let length = 0
      for (let n = 0; n < REQUESTS; n++) {
        const took = await secondsOf(async () => {
          const answer = await fetch(`${url}/v1/charts/${path}`)
          if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
          length = (await answer.arrayBuffer()).byteLength
        })
        times.push(1000 * took)
      }
      times.sort((a, b) => a - b)
      const at = (share: number) => (times[Math.floor(share * times.length)] ?? 0).toFixed(1).padStart(6)
      const what = path.replace(range, `${days} days`).padEnd(70)
      console.log(`${what} median ${at(0.5)} ms, p95 ${at(0.95)} ms, ${Math.ceil(length / 1000)} KB`)
    }
  }
}

/** Writes the events as a server would have, without the care for a crash that makes it slow. */
function fill(path: string, installations: number, days: number): void {
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000`)
  const indexes = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'events' AND sql <> ''`)
    .all()
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`)
  const insert = (statement: Statement) => database.prepare(textOf(statement)).run(...statement.values)
  const first = addDays(dayAt(Date.now()), -days)
  for (let n = 0; n < days; n++) {
    const day = addDays(first, n)
    database.exec('BEGIN')
    for (let slot = 0; slot < installations; slot++) {
      const event = eventOf(`${slot}:${generationOf(slot, n)}`, day, slot + n)
      const { event_id, telemetry_id } = event
      insert(insertRow('events', { event_id, telemetry_id, day, body: encodeEvent(event) }))
    }
    insert(insertRow('days', openDayRow(day, installations)))
    database.exec('COMMIT')
  }
  for (const { sql } of indexes) database.exec(String(sql))
  database.close()
}

/** Of ten slots five have the same installation every day; in the others two take turns, or one follows the other. */
function generationOf(slot: number, day: number): number {
  const kind = slot % 10
  if (kind < 5) return 0
  if (kind < 7) return day % 2
  return Math.floor(day / (kind === 7 ? 40 : kind === 8 ? 9 : 3))
}

/** A valid event. @param name of the installation. @param variant what it tells, the same for the same number. */
function eventOf(name: string, day: Day, variant: number): TelemetryEvent {
  const digits = hash('sha256', name, 'hex')
  const telemetry_id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  const timestamp = dayTimestamp(day)
  return {
    event_id: hash('sha256', `${telemetry_id}:${timestamp}`, 'hex').slice(0, 16),
    telemetry_id,
    timestamp,
    environment: ENVIRONMENTS[Number.parseInt(digits.slice(0, 8), 16) % VARIANTS] as Environment,
    usage: USAGES[variant % VARIANTS] as Usage,
  }
}

/** The same numbers at every run, the small ones more often. */
function createDice(): (below: number) => number {
  let state = 42
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) ** 2 * below)
  }
}

const dice = createDice()
const pick = <Word>(words: readonly Word[]) => words[dice(words.length)] as Word

const ENVIRONMENTS: Environment[] = Array.from({ length: VARIANTS }, () =>
  exampleEnvironment({ version: dice(20) === 19 ? 'unknown' : `8.${20 - dice(21)}.${dice(4)}` }, pick),
)

const USAGES: Usage[] = Array.from({ length: VARIANTS }, () => {
  const total_sessions = 1 + dice(12)
  const total_operations = total_sessions * (1 + dice(9))
  const failed = dice(total_operations)
  return {
    total_sessions,
    duration_distribution: spread(DURATION_BINS, total_sessions),
    exchanges_per_session: spread(EXCHANGE_BINS, total_sessions),
    transport_usage: spread(TRANSPORTS, total_sessions),
    tts_provider_usage: spread(TTS_PROVIDERS, total_sessions),
    stt_provider_usage: spread(STT_PROVIDERS, total_sessions),
    success_rate: Math.round((1000 * (total_operations - failed)) / total_operations) / 10,
    total_operations,
    failed_steps: spread(FAILED_STEPS, failed),
    error_types: spread(ERROR_TYPES, failed),
  }
})

function spread<Word extends string>(words: readonly Word[], n: number): { [Key in Word]?: number } {
  const counts: { [Key in Word]?: number } = {}
  for (let left = n; left > 0; left--) {
    const word = pick(words)
    counts[word] = (counts[word] ?? 0) + 1
  }
  return counts
}

for (let n = 0; n < VARIANTS; n++) {
  const parsed = await parseEvent(eventOf(`${n}`, '2026-11-20', n))
  if (!parsed.ok) throw new Error(`variant ${n} is no event: ${JSON.stringify(parsed.problems)}`)
}

export async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

function say(seconds: number): string {
  return `${seconds.toFixed(1)} s`
}
