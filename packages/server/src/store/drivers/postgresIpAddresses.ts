import { createHmac } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { Failed } from '../../failure.ts'
import { type Host, MS_PER_HOUR } from '../../host.ts'
import { networkOf } from '../../limits/ipAddress.ts'
import { createIpAddressLimiter, type IpAddressLimits, limitedUntil } from '../../limits/ipAddressLimiter.ts'
import { StoreUnavailable } from '../store.ts'

const CONNECT_TIMEOUT_MS = 5_000
const QUERY_TIMEOUT_MS = 20_000

/** The turn to look for the hour's key and to make it; a lock's number is its name, and arbitrary. */
const KEY_TURN = 5_180_020_262
/** The first of the locks that hold the keys; an hour has as many as a key has words. */
const KEY_LOCKS = 1_400_000_000
const KEY_WORDS = 4

/**
 * Finds the hour's key among the locks of all servers, or draws it, and locks it too. A lock of two numbers says which word
 * of the key it is and what the word is. The database draws the words, so that they stand in no statement and no log.
 */
const SHARE_KEY = `
WITH held AS MATERIALIZED (
  SELECT DISTINCT classid::bigint - $1::bigint AS place, objid::bigint AS word FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint BETWEEN $1::bigint AND $1::bigint + ${KEY_WORDS - 1}
), hour_key AS MATERIALIZED (
  SELECT place, word FROM held
  UNION ALL
  SELECT place, ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint
  FROM generate_series(0, ${KEY_WORDS - 1}) AS place WHERE NOT EXISTS (SELECT FROM held)
)
SELECT place, word, pg_advisory_lock_shared(($1::bigint + place)::int, word::bit(32)::int)
FROM hour_key ORDER BY place`

/** In one order on all servers, so that none waits for another that waits for it. */
const COUNT = `
INSERT INTO address_counts (subject, hour, n)
SELECT subject, $2::bigint, cost FROM unnest($1::text[], $3::bigint[]) AS given (subject, cost) ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET n = address_counts.n + excluded.n RETURNING subject, n`

interface CountRequest {
  purpose: string
  ipAddress: string
  /** Since 1970. */
  hour: number
  cost: number
}

interface Waiting extends CountRequest {
  resolve: (before: number) => void
  reject: (error: unknown) => void
}

/** A connection and the key that it holds. */
interface Session {
  client: pg.Client
  connected: Promise<unknown>
  held: { hour: number; key: Promise<Uint8Array> } | undefined
  hasEnded: boolean
}

/**
 * Counts IP addresses for all servers on a database together, in whole hours of UTC. Each server that counts holds the hour's
 * key, which is nowhere but in the memory of servers and of the database, as locks. It ends with the last connection that
 * lets go of it, at the latest when the hour is over; what was counted under it can't be told from noise then, and the count
 * begins anew.
 *
 * @param url of a database that `migrate` has brought up to date; a pooler before it must keep sessions.
 */
export function openPostgresIpAddresses(url: string, host: Pick<Host, 'now' | 'after'>): IpAddressLimits {
  const { now } = host
  const { count, close } = createCounter(url, now)
  return {
    limiter(purpose, perHour) {
      const ownCounts = createIpAddressLimiter(host, perHour)
      return {
        async take(ipAddress, cost = 1) {
          const askedAt = now()
          const hour = Math.floor(askedAt / MS_PER_HOUR)
          const tryOnce = () => count({ purpose, ipAddress, hour, cost })
          // A connection that was lost is noticed by whoever uses it first.
          const before = await tryOnce()
            .catch(tryOnce)
            .catch((error) => {
              if (purpose === 'events') throw new StoreUnavailable(error)
            })
          // Whoever looks after the server must see it when its database takes nothing; then each server counts by itself.
          if (before === undefined) return ownCounts.take(ipAddress, cost)
          return before >= perHour ? limitedUntil((hour + 1) * MS_PER_HOUR, askedAt) : { outcome: 'within' }
        },
      }
    },
    close,
  }
}

/** Counts requests that come in one turn, or while a query is under way, by one query. */
function createCounter(url: string, now: Host['now']) {
  let current: Session | undefined
  let waiting: Waiting[] = []
  let isCounting = false
  let isClosed = false

  async function countWaiting(): Promise<void> {
    isCounting = true
    while (waiting.length > 0) {
      await setImmediate()
      const { hour } = waiting[0] as Waiting
      const group = waiting.filter((one) => one.hour === hour)
      waiting = waiting.filter((one) => one.hour !== hour)
      await countGroup(hour, group).catch((error) => {
        for (const { reject } of group) reject(error)
      })
    }
    isCounting = false
  }

  async function countGroup(hour: number, group: readonly Waiting[]): Promise<void> {
    if (isClosed) throw new Failed({ kind: 'closed' })
    if (!current || current.hasEnded) current = begin(url)
    const session = current
    try {
      await session.connected
      if (session.held?.hour !== hour) {
        session.held = { hour, key: shareKey(session, hour, (hour + 1) * MS_PER_HOUR - now()) }
      }
      const key = await session.held.key
      const bySubject = Map.groupBy(group, ({ ipAddress, purpose }) => hashIpAddress(key, ipAddress, purpose))
      const costs = [...bySubject.values()].map((ones) => ones.reduce((sum, { cost }) => sum + cost, 0))
      const values = [[...bySubject.keys()], hour, costs]
      const { rows } = await session.client.query({ name: 'count', text: COUNT, values })
      const totals = new Map(rows.map(({ subject, n }) => [subject, Number(n)]))
      for (const [n, [subject, ones]] of [...bySubject].entries()) {
        let before = Number(totals.get(subject)) - Number(costs[n])
        for (const { cost, resolve } of ones) {
          resolve(before)
          before += cost
        }
      }
    } catch (error) {
      end(session)
      throw error
    }
  }

  return {
    /** @returns how many of that IP address were counted before in that hour. */
    count: (request: CountRequest) =>
      new Promise<number>((resolve, reject) => {
        waiting.push({ ...request, resolve, reject })
        if (!isCounting) countWaiting()
      }),
    async close() {
      isClosed = true
      if (current) end(current)
    },
  }
}

function begin(url: string): Session {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'voicemode-telemetry',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    pipeline: true,
  } as pg.ClientConfig)
  const session: Session = { client, connected: client.connect(), held: undefined, hasEnded: false }
  client.on('error', () => end(session)).on('end', () => end(session))
  return session
}

/** The locks end with their connection, and so does what is known by them. */
function end(session: Session): void {
  if (session.hasEnded) return
  session.hasEnded = true
  session.client.end().catch(() => {})
}

async function shareKey(session: Session, hour: number, untilOverMs: number): Promise<Uint8Array> {
  const { client } = session
  const [, , { rows }] = await Promise.all([
    client.query('BEGIN'),
    client.query(`SELECT pg_advisory_unlock_all(), pg_advisory_xact_lock(${KEY_TURN})`),
    client.query(SHARE_KEY, [KEY_LOCKS + hour * KEY_WORDS]),
    client.query('DELETE FROM address_counts WHERE hour < $1', [hour - 1]),
    client.query('COMMIT'),
  ])
  if (rows.length !== KEY_WORDS) throw new Error('the key is not whole')
  setTimeout(() => session.held?.hour === hour && letGoOfKey(session), untilOverMs).unref()
  return new Uint8Array(Uint32Array.from(rows, ({ word }) => Number(word)).buffer)
}

function letGoOfKey(session: Session): void {
  session.held = undefined
  session.client.query('SELECT pg_advisory_unlock_all()').catch(() => end(session))
}

/**
 * What stands for an IP address while its key lives: HMAC-SHA-256 of its {@link networkOf}, in base64. Without the key
 * nothing can be told of the IP address from it.
 *
 * @param purpose keeps counts apart that use one key.
 */
export function hashIpAddress(key: Uint8Array, ipAddress: string, purpose: string): string {
  return createHmac('sha256', key)
    .update(purpose + networkOf(ipAddress))
    .digest('base64')
}
