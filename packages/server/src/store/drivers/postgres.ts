import pg from 'pg'
import { failureOf } from '../../failure.ts'
import { sha256 } from '../../sha256.ts'
import type { Driver, Row } from '../driver.ts'
import { raw, read, type Statement } from '../statement.ts'
import { openDay } from '../tables.ts'
import { tidyPostgres } from './postgresTidying.ts'

const MAX_CONNECTIONS = 10
/** How long to wait for a connection, for the turn to write, and for an answer, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000
const LOCK_TIMEOUT_MS = 5_000
/** To make a day's table. Only the events of that day wait for it, and whoever analyzes the table of all events keeps it waiting. */
const PREPARE_DAY_TIMEOUT_MS = 200
/** To see whether an event could be stored: the daily job's own writes and rewrites take some tenths of a second. */
const CHECK_TIMEOUT_MS = 1_000
const QUERY_TIMEOUT_MS = 20_000
const MIGRATION_TIMEOUT_MS = 3_600_000

/**
 * `serialization_failure` and `deadlock_detected`; and `feature_not_supported`, as a connection answers that prepared its
 * statements before another server changed the tables; and `check_violation`, as it answers for a short while that has not heard yet
 * of a day's new table. The same batch may do when it is tried again.
 */
const WORTH_ANOTHER_TRY = ['40001', '40P01', '0A000', '23514']
const MAX_TRIES = 5

/**
 * Batches that write take turns, over all servers on a database: they would wait for each other at the row of their day
 * anyway, and so they cannot deadlock. The number is the lock's name among those of a database, and arbitrary.
 */
const WRITE_LOCK = 5_180_020_261
const beginWrite = (patienceMs: number) => [
  raw('BEGIN ISOLATION LEVEL READ COMMITTED'),
  raw(`SELECT set_config('lock_timeout', '${patienceMs}', true), set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
  set_config('idle_in_transaction_session_timeout', '${LOCK_TIMEOUT_MS}', true),
  CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END,
  pg_advisory_xact_lock(${WRITE_LOCK})`),
]

/** For statements without a transaction around them. Where it fails, so do they. */
const READ_COMMITTED = 'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED'

/** Servers on one database may differ in their clocks, so that the database's own is the one that counts. */
export const DATABASE_CLOCK = read`SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now`

const INT8_OID = 20
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format as 'text'),
}

/**
 * Connects to a PostgreSQL database, which may be shared by any number of servers. A batch is sent as a whole and waits
 * once for its answers, whatever it holds.
 *
 * @param url as `postgres://user:password@host:5432/name?sslmode=verify-full`.
 */
export function openPostgres(url: string): Driver {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'voicemode-telemetry',
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    pipeline: true,
    types,
  } as pg.PoolConfig)
  // A connection that ends while nobody uses it is replaced when one is needed. One in use fails its batch, and says so itself too.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    client.query(READ_COMMITTED).catch(() => {})
  })

  let deletionWaits = false

  async function send(statements: readonly Statement[]): Promise<Row[][]> {
    const client = await pool.connect()
    try {
      const answers = await sendAll(client, statements)
      client.release()
      return answers
    } catch (error) {
      // What was sent behind a failure is answered by failures, so that nothing of this connection is used again.
      client.release(true)
      throw error
    }
  }

  /** @param changesNothing so that it may be sent again where it is not known whether it was done. */
  async function sendUntilDone(statements: readonly Statement[], changesNothing: boolean): Promise<Row[][]> {
    for (let tries = 1; ; tries++) {
      try {
        return await send(statements)
      } catch (error) {
        const { kind, code = '' } = failureOf(error)
        // A connection may have ended since it was last used.
        const isWorthIt = changesNothing && kind === 'connection-lost'
        if (!(isWorthIt || WORTH_ANOTHER_TRY.includes(code)) || tries === MAX_TRIES) throw error
      }
    }
  }

  return {
    engine: 'postgres',
    clock: DATABASE_CLOCK,
    async batch(statements) {
      const [first, ...others] = statements
      if (others.length === 0 && (first?.readOnly || first?.whole)) {
        return sendUntilDone(statements, first.readOnly === true)
      }
      const framed = [...beginWrite(LOCK_TIMEOUT_MS), ...statements, raw('COMMIT')]
      return (await sendUntilDone(framed, false)).slice(2, -1)
    },
    async checkWrites(statements) {
      await sendUntilDone([...beginWrite(CHECK_TIMEOUT_MS), ...statements, raw('ROLLBACK')], true)
    },
    async prepareDay(day) {
      const patience = raw(`SET LOCAL lock_timeout = ${PREPARE_DAY_TIMEOUT_MS}`)
      await send([raw('BEGIN'), patience, openDay(day), raw('COMMIT')])
    },
    async tidy() {
      const client = await pool.connect()
      try {
        deletionWaits = (await tidyPostgres(client)) === 'later'
      } catch (error) {
        deletionWaits = true
        throw error
      } finally {
        client.release(true)
      }
    },
    deletionWaits: () => deletionWaits,
    async close() {
      await pool.end()
    },
  }
}

async function sendAll(client: pg.PoolClient, statements: readonly Statement[]): Promise<Row[][]> {
  const query_timeout = statements.some(({ migrates }) => migrates) ? MIGRATION_TIMEOUT_MS : QUERY_TIMEOUT_MS
  const answers = await Promise.allSettled(
    statements.map((statement) => client.query({ ...prepared(statement), query_timeout } as pg.QueryConfig)),
  )
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value.rows as Row[]
  })
}

const names = new Map<string, string>()

/** A statement that the database prepares once for a connection, under a name that stands for its text. */
function prepared(statement: Statement): pg.QueryConfig {
  const query = queryOf(statement)
  const name = names.get(query.text) ?? sha256(query.text).slice(0, 32)
  names.set(query.text, name)
  return { ...query, name }
}

/** A statement as `pg` takes it, its values numbered. */
export function queryOf({ text, values }: Statement): { text: string; values: unknown[] } {
  return { text: text.reduce((before, piece, n) => `${before}$${n}${piece}`), values: [...values] }
}
