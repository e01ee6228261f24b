import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { DailyCounts } from '@voicemode-telemetry/protocol/wire/charts'
import type { Random } from '../../../scripts/scenes/random.ts'
import { createSender, type Told, withClient } from './databaseLosses.ts'
import { spawnServer, whenListening } from './serverProcess.ts'

/** A kill comes at most so long after the server was started, or after it listens, in milliseconds. */
const KILLED_WITHIN_MS = 500
/** So many of the kills come while a server is still starting. */
const SHARE_OF_STARTS = 0.2

export interface Kills {
  /** A SQLite file, or the URL of a PostgreSQL database; new. */
  database: string
  kills: number
  writers: number
  random: Random
}

export interface KilledServer {
  acknowledged: number
  /** What was found wrong after a kill; empty where all held. */
  wrong: string[]
}

/**
 * Kills servers on one database at random instants while writers send events, each event until it is acknowledged. After each kill,
 * a new server is started and, before it is given more, compared with what was acknowledged: see {@link complaintsAbout}.
 */
export async function killServer({ database, kills, writers, random }: Kills): Promise<KilledServer> {
  const told: Told = { acknowledged: new Set(), refused: {}, withRetryAfter: 0, unanswered: 0 }
  const wrong: string[] = []
  let next = Promise.withResolvers<string>()
  let isOver = false
  const send = createSender(() => next.promise, told)
  const writing = Array.from({ length: writers }, async () => {
    while (!isOver) await send()
  })
  const start = () => spawnServer(database, ['--events-per-address-per-hour', '1000000'])
  for (let killed = 0; killed < kills; killed++) {
    const child = start()
    const ended = once(child, 'exit')
    const isStarting = random.chance(SHARE_OF_STARTS)
    if (!isStarting) {
      const { url } = await whenListening(child)
      wrong.push(...(await complaintsAbout(database, url, told.acknowledged)))
      next.resolve(url)
    }
    await setTimeout(random.next() * KILLED_WITHIN_MS)
    if (!isStarting) next = Promise.withResolvers()
    child.kill('SIGKILL')
    const [code] = await ended
    if (code !== null) wrong.push(`a server ended by itself with ${code}`)
  }
  const last = await whenListening(start())
  wrong.push(...(await complaintsAbout(database, last.url, told.acknowledged)))
  isOver = true
  next.resolve(last.url)
  await Promise.all(writing)
  wrong.push(...(await complaintsAbout(database, last.url, told.acknowledged)))
  if (Object.keys(told.refused).length > 0) wrong.push(`answers: ${JSON.stringify(told.refused)}`)
  if ((await last.end()) !== 0) wrong.push('the last server did not stop in order')
  return { acknowledged: told.acknowledged.size, wrong }
}

/** The database is intact, each acknowledged event is in it once, and charts count each stored event once. */
async function complaintsAbout(
  database: string,
  url: string,
  acknowledged: ReadonlySet<string>,
): Promise<string[]> {
  const query = (await fetch(`${url}/v1/charts/daily?field=installations`)).json() as Promise<DailyCounts>
  const counted = Object.fromEntries((await query).counts.map(({ day, n }) => [day, n]))
  const { damage, rows } = await (database.startsWith('postgres:') ? readPostgres : readSqlite)(database)
  const stored = new Set(rows.map(({ event_id }) => event_id))
  const lost = [...acknowledged].filter((id) => !stored.has(id))
  const days: Record<string, number> = {}
  for (const { day } of rows) days[day] = (days[day] ?? 0) + 1
  return [
    ...damage,
    ...lost.map((id) => `${id} is lost`),
    ...(stored.size < rows.length ? [`${rows.length - stored.size} events are doubled`] : []),
    // Each installation sends one event.
    ...Object.entries(days).flatMap(([day, n]) =>
      counted[day] === n ? [] : [`${n} events of ${day} are stored, ${counted[day]} are counted`],
    ),
  ]
}

interface Read {
  damage: string[]
  rows: { event_id: string; day: string }[]
}

const EVENTS = 'SELECT event_id, day FROM events'

async function readSqlite(path: string): Promise<Read> {
  const database = new DatabaseSync(path)
  const found = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
  const rows = database.prepare(EVENTS).all() as unknown as Read['rows']
  database.close()
  return { damage: found.map((row) => row.integrity_check).filter((text) => text !== 'ok'), rows }
}

async function readPostgres(url: string): Promise<Read> {
  return withClient(url, async (client) => {
    await client.query('CREATE EXTENSION IF NOT EXISTS amcheck')
    // It fails for an index that misses a row of its table or is out of order.
    const checkIndexes = `SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON oid = indexrelid
      WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace`
    const failed = await client.query(checkIndexes).then(
      () => [],
      (error) => [error.message],
    )
    const { rows: broken } = await client.query(`SELECT relname, msg FROM pg_class, verify_heapam(oid)
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
    const { rows } = await client.query(EVENTS)
    return { damage: [...failed, ...broken.map(({ relname, msg }) => `${relname}: ${msg}`)], rows }
  })
}
