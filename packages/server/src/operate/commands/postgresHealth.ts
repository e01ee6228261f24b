import { dayAt } from '@voicemode-telemetry/protocol'
import pg from 'pg'
import { whyItFailed } from '../../failure.ts'
import { isLoopback } from '../../http/loopback.ts'
import { READ_CLOCK, READ_LEFT, readClock, readLeftAhead } from '../../store/clockStore.ts'
import type { Row } from '../../store/driver.ts'
import { DATABASE_CLOCK, queryOf } from '../../store/drivers/postgres.ts'
import { ageOf } from '../../store/migrate.ts'
import type { Statement } from '../../store/statement.ts'
import { insertRow, openDayRow } from '../../store/tables.ts'
import { type Finding, fix, judgeAge, judgeClockOf, ok, skipped, type Verdict } from './finding.ts'

/** The first with `gen_random_uuid`, which draws the key that hashes IP addresses. */
const OLDEST_VERSION = 13
const TIMEOUT_MS = 10_000
/** A lock of two numbers, which are arbitrary and none of the server's. */
const LOCK = '5180, 20263'

/** Two connections at once: whether a session is one's own shows only beside another. */
type Connections = [pg.Client, pg.Client]

/** What is checked, in the order in which it is told. */
const CHECKS: Record<string, (connections: Connections) => Verdict | Promise<Verdict>> = {
  database: databaseTakesEvents,
  migrations: databaseIsMigrated,
  clock: clockIsBelieved,
  'database link': linkIsPrivate,
  durability: commitsReachTheDisk,
  sessions: sessionsAreKept,
}

/** Checks a PostgreSQL database. What it tries to write is taken back. @param url is told to nobody. */
export async function examinePostgres(url: string): Promise<Finding[]> {
  const open: pg.Client[] = []
  const findings: Finding[] = []
  try {
    const connections: Connections = [connect(url), connect(url)]
    open.push(...connections)
    for (const client of connections) await client.connect()
    for (const [check, examine] of Object.entries(CHECKS)) {
      findings.push({ check, ...(await examine(connections)) })
    }
  } catch (error) {
    const advice = 'is it running, and are host, user, password and certificate in its URL right?'
    const [failed = '', ...others] = Object.keys(CHECKS).slice(findings.length)
    findings.push({ check: failed, ...fix(`it cannot be asked (${whyItFailed(error)}): ${advice}`) })
    for (const check of others) findings.push({ check, ...skipped('the database cannot be asked') })
  } finally {
    for (const client of open) await client.end().catch(() => {})
  }
  return findings
}

function connect(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'voicemode-telemetry',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  // What broke is told by the next question.
  return client.on('error', () => {})
}

async function ask(client: pg.Client, sql: string): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query(sql)
  return rows
}

/** Opens a day, as the first event of a day does, which asks for every right that the server needs. */
async function databaseTakesEvents([client]: Connections): Promise<Verdict> {
  const [version] = await ask(client, "SELECT current_setting('server_version_num')::int / 10000 AS major")
  if (Number(version?.major) < OLDEST_VERSION) {
    return fix(`it is PostgreSQL ${version?.major}: the server needs ${OLDEST_VERSION} or later`)
  }
  try {
    await ask(client, 'BEGIN')
    await ask(client, `SET LOCAL lock_timeout = ${TIMEOUT_MS / 2}`)
    await ask(client, 'CREATE TABLE doctor_tries_to_write (n INT)')
    const [days] = await ask(client, "SELECT to_regclass('days') IS NOT NULL AS exist")
    if (days?.exist) await client.query(queryOf(insertRow('days', openDayRow('doctor'))))
  } catch (error) {
    return fix(
      `it cannot be written (${whyItFailed(error)}): does its user own it, and is it no read-only copy?`,
    )
  } finally {
    await ask(client, 'ROLLBACK')
  }
  return ok('reachable and writable')
}

async function databaseIsMigrated([client]: Connections): Promise<Verdict> {
  const [table] = await ask(client, "SELECT to_regclass('migrations') IS NOT NULL AS exists")
  const rows = table?.exists ? await ask(client, 'SELECT id FROM migrations') : []
  return judgeAge(ageOf(rows.map(({ id }) => Number(id))))
}

async function clockIsBelieved(connections: Connections): Promise<Verdict> {
  const [client] = connections
  if ((await databaseIsMigrated(connections)).outcome !== 'ok')
    return skipped('the database is not up to date')
  const rowsOf = async (statement: Statement) => (await client.query(queryOf(statement))).rows as Row[]
  const [clock] = await rowsOf(DATABASE_CLOCK)
  const [known = {}] = await rowsOf(READ_CLOCK)
  const left = [await rowsOf(READ_LEFT[0]), await rowsOf(READ_LEFT[1])]
  const now = Number(clock?.now)
  return judgeClockOf(readClock(known, now), readLeftAhead(left, dayAt(now)))
}

/** By how the client was told to connect: behind a pooler the database knows only the pooler's own link. */
function linkIsPrivate([{ host, ssl }]: Connections): Verdict {
  if (host.startsWith('/') || isLoopback(host)) return ok('not needed on this machine')
  if (!ssl) return fix('everyone on the way can read what is stored: add ?sslmode=verify-full to its URL')
  const { rejectUnauthorized = true } =
    typeof ssl === 'object' ? (ssl as { rejectUnauthorized?: boolean }) : {}
  if (rejectUnauthorized) return ok('encrypted, and its certificate is checked')
  return fix('whoever stands on the way may pretend to be it: use sslmode=verify-full')
}

/** `synchronous_commit` is not looked at: where it is off, the server turns it on for what it writes. */
async function commitsReachTheDisk([client]: Connections): Promise<Verdict> {
  const [row] = await ask(client, 'SHOW fsync')
  if (row?.fsync === 'on') return ok('a commit is on disk before an event is acknowledged')
  return fix('fsync is off, so that acknowledged events are lost when its machine fails: turn it on')
}

/**
 * A pooler that hands a connection on after each transaction would part servers from the locks in which they share the key
 * for IP addresses. It shows as another session for one connection, or the same for two, at the latest when one asks twice
 * after the other.
 */
async function sessionsAreKept([client, other]: Connections): Promise<Verdict> {
  const session = 'SELECT pg_backend_pid() AS pid'
  const [held] = await ask(client, `${session}, pg_advisory_lock_shared(${LOCK})`)
  const lock = `locktype = 'advisory' AND objsubid = 2 AND (classid, objid) = (${LOCK})`
  const [seen] = await ask(other, `${session}, (SELECT MIN(pid) FROM pg_locks WHERE ${lock}) AS holder`)
  const [again] = await ask(client, session)
  const [atLast] = await ask(client, session)
  const isKept = [again, atLast].every((row) => row?.pid === held?.pid) && seen?.pid !== held?.pid
  if (isKept && seen?.holder !== null) return ok('kept, so that servers can count IP addresses together')
  return fix(
    'a pooler changes them between transactions, and counts of IP addresses fail: have it keep sessions',
  )
}
