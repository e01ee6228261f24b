import type pg from 'pg'
import { tryEach } from '../../failure.ts'

/**
 * A table of at most so many bytes is rewritten within some tenths of a second, so that nobody who writes to it waits longer.
 */
const SMALL_BYTES = 8_388_608
/** Hardly an event comes later than this after its day, in days: it waits in a queue for 7 at most. */
const QUIET_AFTER_DAYS = 8
/** A larger table takes seconds, in which who needs it waits: only before this hour of UTC. */
const NIGHT_ENDS_AT_HOUR = 1
/** How long to wait for a table that somebody uses, in milliseconds; everyone who comes later waits behind. */
const BRIEFLY_MS = 50

const FORGOTTEN_DAYS = `SELECT day AS name FROM days JOIN pg_inherits
  ON inhrelid::regclass::text = 'events_' || replace(day, '-', '_')
  WHERE inhparent = 'events'::regclass AND forgotten = 1`

/** Tables with ids in which rows were deleted since they were written anew, as far as the database knows. */
const TABLES_WITH_DEAD_ROWS = `SELECT relid::regclass::text AS name FROM pg_stat_user_tables
  LEFT JOIN pg_inherits ON inhrelid = relid
  WHERE (relid = 'quota'::regclass OR inhparent = 'events'::regclass)
    AND (n_dead_tup > 0 OR COALESCE(last_analyze, last_autoanalyze) IS NULL AND pg_relation_size(relid) > 0)
    AND (pg_total_relation_size(relid) <= ${SMALL_BYTES}
      OR extract(hour FROM now() AT TIME ZONE 'UTC') < ${NIGHT_ENDS_AT_HOUR}
        AND relname < 'events_' || to_char(now() AT TIME ZONE 'UTC' - interval '${QUIET_AFTER_DAYS} days', 'YYYY_MM_DD'))`

/**
 * Drops the tables of forgotten days that could not be dropped when their rows were deleted, and rewrites tables in which
 * rows were deleted: until then their bytes are still on the disk. Outside the turn to write, and each only if it can be had
 * at once or nearly so; what can't is left for the next time, and so is one that fails.
 *
 * @param client of its own, which ends afterwards.
 * @returns `later` where a table that is due was not free.
 * @throws SomeFailed after all others were tried, where one fails for another reason.
 */
export async function tidyPostgres(client: pg.ClientBase): Promise<'done' | 'later'> {
  await client.query(`SET lock_timeout = ${BRIEFLY_MS}`)
  let outcome: 'done' | 'later' = 'done'
  const free = async (statement: string) => {
    const isFree = await isFreeFor(client, statement)
    if (!isFree) outcome = 'later'
    return isFree
  }
  const rewrite = async () => {
    const names = await namesFrom(client, TABLES_WITH_DEAD_ROWS)
    const rewriting = names.map((name) => ({ at: {}, run: () => free(`VACUUM (FULL, ANALYZE) ${name}`) }))
    const closing = { at: {}, run: () => closeLogOfWrites(client) }
    await tryEach(names.length > 0 ? [...rewriting, closing] : [])
  }
  const dropForgotten = async () => {
    const days = await namesFrom(client, FORGOTTEN_DAYS)
    const drop = (day: string) => free(`DROP TABLE IF EXISTS events_${day.replaceAll('-', '_')}`)
    await tryEach(days.map((day) => ({ at: { day }, run: () => drop(day) })))
  }
  await tryEach([
    { at: {}, run: dropForgotten },
    { at: {}, run: rewrite },
  ])
  return outcome
}

/** Has the database begin a new file of its log of writes, if it lets this user: one that is full goes with a later checkpoint. */
async function closeLogOfWrites(client: pg.ClientBase): Promise<void> {
  const may = "SELECT 'pg_switch_wal' AS name WHERE has_function_privilege('pg_switch_wal()', 'EXECUTE')"
  for (const name of await namesFrom(client, may)) await client.query(`SELECT ${name}()`)
}

async function namesFrom(client: pg.ClientBase, query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query)
  return rows.map(({ name }) => name)
}

/** Runs a statement, and answers whether the table it needs was free. */
async function isFreeFor(client: pg.ClientBase, statement: string): Promise<boolean> {
  try {
    await client.query(statement)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false
    throw error
  }
}
