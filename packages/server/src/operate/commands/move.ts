import { existsSync } from 'node:fs'
import { DATABASE_FORM, parseDatabaseLocation } from '../../store/databaseLocation.ts'
import type { Driver, Row, SqlValue, Statement } from '../../store/driver.ts'
import { openDatabase } from '../../store/drivers/open.ts'
import { codeOf } from '../../store/store.ts'
import { type Command, conclude } from './command.ts'

const HELP = `Copies everything from one database into another that holds nothing yet. Stop the server first: what it takes
after the copy has begun is not in it. The old database is brought up to date and else left as it is; delete it when the
new one serves.

  --from ADDRESS   the database to copy, as sqlite:PATH
  --to ADDRESS     the empty one, as postgres://USER:PASSWORD@HOST/NAME
                   (TELEMETRY_DATABASE, which keeps the password out of the list of processes)
  --json           print for programs

Exit codes: 0 done, 1 could not be done, 2 used wrongly.`

/** Every table that holds something of its own, days before their events; and the columns that name a row. */
const TABLES: Record<string, { key: string[]; others: string[] }> = {
  days: { key: ['day'], others: ['version', 'folded', 'forgotten', 'fold'] },
  events: { key: ['day', 'telemetry_id', 'event_id'], others: ['body'] },
  counts: { key: ['segment', 'day', 'field', 'value'], others: ['n'] },
  quota: { key: ['subject'], others: ['window_start', 'n'] },
  graves: { key: ['id_hash'], others: ['until'] },
  rights: { key: ['day', 'field'], others: ['n'] },
  reports: { key: ['week'], others: ['body', 'made_on', 'held'] },
}

const ROWS_PER_BATCH = 500

export const move: Command = {
  takes: '',
  words: 0,
  options: { from: { type: 'string' }, to: { type: 'string' } },
  help: HELP,
  async run(given, world) {
    const fail = (message: string, exitCode: 1 | 2 = 1) =>
      conclude(given, world, { outcome: 'failed', message }, exitCode)
    const from = parseDatabaseLocation(String(given.options.from ?? ''))
    const to = parseDatabaseLocation(String(given.options.to ?? world.env.TELEMETRY_DATABASE ?? ''))
    if (!from || !to) return fail(`--from and --to must be written ${DATABASE_FORM}`, 2)
    if (from.databasePath !== undefined && !existsSync(from.databasePath)) {
      return fail('The database to copy is not there: name it with --from')
    }
    const open: Driver[] = []
    try {
      const [source, target] = [await openDatabase(from), await openDatabase(to)]
      open.push(source, target)
      if (await holdsAnything(target)) return fail('The database to copy to is not empty: name another')
      const copied = await copyAll(source, target)
      return conclude(given, world, { outcome: 'done', message: `Copied ${copied} rows` })
    } catch (error) {
      const advice = 'empty the new database before another try; the old one is as it was'
      return fail(`The copy could not be finished (${codeOf(error)}): ${advice}`)
    } finally {
      for (const driver of open) await driver.close()
    }
  },
}

async function holdsAnything(driver: Driver): Promise<boolean> {
  const counts = await driver.batch(
    Object.keys(TABLES).map((table) => ({ sql: `SELECT COUNT(*) AS n FROM ${table}`, params: [] })),
  )
  return counts.some(([row]) => Number(row?.n) > 0)
}

/** Copies table by table, some rows at a time. @returns how many there were. */
async function copyAll(source: Driver, target: Driver): Promise<number> {
  let copied = await copyMilestones(source, target)
  for (const table of Object.keys(TABLES)) {
    for await (const rows of readRows(source, table)) {
      await target.batch(rows.map((row) => insertRow(table, row)))
      copied += rows.length
    }
  }
  return copied
}

/** They were set by making the new database too, which is the old one moved, and so as old. */
async function copyMilestones(source: Driver, target: Driver): Promise<number> {
  const [rows = []] = await source.batch([{ sql: 'SELECT name, day FROM milestones', params: [] }])
  const clear = { sql: 'DELETE FROM milestones', params: [] }
  await target.batch([clear, ...rows.map((row) => insertRow('milestones', row))])
  return rows.length
}

async function* readRows(driver: Driver, table: string): AsyncGenerator<Row[]> {
  const { key, others } = TABLES[table] ?? { key: [], others: [] }
  const keys = key.join(', ')
  const placeholders = key.map(() => '?').join(', ')
  let last: SqlValue[] = key.map(() => '')
  while (true) {
    const sql = `SELECT ${[...key, ...others].join(', ')} FROM ${table}
      WHERE (${keys}) > (${placeholders}) ORDER BY ${keys} LIMIT ?`
    const [rows = []] = await driver.batch([{ sql, params: [...last, ROWS_PER_BATCH] }])
    const end = rows.at(-1)
    if (!end) return
    yield rows
    last = key.map((column) => end[column] ?? '')
  }
}

/** PostgreSQL makes the table for a day's events where an open day is inserted; a forgotten one needs none. */
function insertRow(table: string, row: Row): Statement {
  const columns = Object.keys(row)
  return {
    sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    params: Object.values(row),
  }
}
