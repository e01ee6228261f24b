import { existsSync } from 'node:fs'
import type { Command, Run } from '@voicemode-telemetry/command-line'
import { failureOf, whyItFailed } from '../../failure.ts'
import { type DatabaseLocation, readDatabaseLocation } from '../../store/databaseLocation.ts'
import type { Driver, Row } from '../../store/driver.ts'
import { openDatabase } from '../../store/drivers/open.ts'
import { list, raw, read, type Statement, sql } from '../../store/statement.ts'
import {
  columnsOf,
  insertRow,
  putRow,
  TABLE_NAMES,
  type TableName,
  tableOf,
  tablesOf,
} from '../../store/tables.ts'
import { done, EXIT_CODES, failed, RESULT_AS_JSON, type Result, telling, type World } from './command.ts'

const ROWS_PER_BATCH = 500

export const move: Command<World> = {
  summary: 'copy everything into another database',
  about: `Copies everything from one database into another one, which must be empty. Stop the server first: events that arrive after the \
copy has begun are not in it. The old database is brought up to date and otherwise stays as it is. Delete it when the server runs on \
the new one.`,
  options: {
    from: { takes: 'URL', about: 'the database to copy, as sqlite:PATH' },
    to: {
      takes: 'URL',
      about:
        'the empty database, as postgres://USER:PASSWORD@HOST/NAME; default: TELEMETRY_DATABASE, which keeps the password out of the list of processes',
    },
  },
  json: RESULT_AS_JSON,
  exitCodes: EXIT_CODES,
  examples: ['voicemode-telemetry-server move --from sqlite:telemetry.db'],
  findMisuse: findMoveMisuse,
  run: telling(moveAll),
}

function findMoveMisuse(run: Run<World>): string[] {
  const { from, to } = locationsOf(run)
  const target = run.values.to === undefined ? '--to, or else TELEMETRY_DATABASE,' : '--to'
  return [
    ...('expected' in from ? [`--from must be ${from.expected}`] : []),
    ...('expected' in to ? [`${target} must be ${to.expected}`] : []),
  ]
}

function locationsOf({ values, host: { env } }: Run<World>) {
  return {
    from: readDatabaseLocation(values.from ?? ''),
    to: readDatabaseLocation(values.to ?? env.TELEMETRY_DATABASE ?? ''),
  }
}

async function moveAll(run: Run<World>): Promise<Result> {
  const { from, to } = locationsOf(run)
  if ('expected' in from || 'expected' in to) throw new TypeError('a command line that is wrong is not run')
  return moveBetween(from, to)
}

async function moveBetween(from: DatabaseLocation, to: DatabaseLocation): Promise<Result> {
  if (from.databasePath !== undefined && !existsSync(from.databasePath)) {
    return failed('The database to copy is not there: name it with --from')
  }
  const open: Driver[] = []
  try {
    const source = await openDatabase(from)
    open.push(source)
    const target = await openDatabase(to)
    open.push(target)
    if (await holdsAnything(target)) return failed('The database to copy to is not empty: name another')
    const { copied, refused } = await copyAll(source, target)
    if (refused.size === 0) return done(`Copied ${copied} rows`)
    const tables = Array.from(refused, ([name, n]) => `${n} of ${name}`).join(', ')
    return failed(
      `Copied ${copied} rows. The new database refused others (${tables}): look at them in the old one, which is as it was`,
    )
  } catch (error) {
    const advice = 'empty the new database before another try; the old one is as it was'
    return failed(`The copy could not be finished (${whyItFailed(error)}): ${advice}`)
  } finally {
    for (const driver of open) await driver.close()
  }
}

async function holdsAnything(driver: Driver): Promise<boolean> {
  const copied = TABLE_NAMES.filter((name) => tableOf(name).onMove === undefined)
  const counts = await driver.batch(copied.map((name) => read`SELECT COUNT(*) AS n FROM ${raw(name)}`))
  return counts.some(([row]) => Number(row?.n) > 0)
}

/** Copies table by table, some rows at a time. A row that is refused keeps no other. @returns how many there were. */
async function copyAll(source: Driver, target: Driver) {
  let copied = 0
  const refused = new Map<TableName, number>()
  for (const name of tablesOf(source.engine)) {
    const { onMove } = tableOf(name)
    if (onMove === 'leave') continue
    for await (const rows of readRows(source, name)) {
      const inserted = await writeRows(target, rows, (row) => writeRow(name, row))
      copied += inserted
      if (inserted < rows.length) refused.set(name, (refused.get(name) ?? 0) + rows.length - inserted)
    }
  }
  return { copied, refused }
}

function writeRow(name: TableName, row: Row): Statement {
  const { onMove } = tableOf(name)
  if (onMove === 'to quota') return putRow('quota', row)
  return onMove === 'replace' ? putRow(name, row) : insertRow(name, row)
}

/** Rows that are refused together are tried in halves. @returns how many are written. */
async function writeRows(target: Driver, rows: Row[], write: (row: Row) => Statement): Promise<number> {
  try {
    await target.batch(rows.map(write))
    return rows.length
  } catch (error) {
    if (failureOf(error).kind !== 'refused-value') throw error
    if (rows.length === 1) return 0
    const half = Math.ceil(rows.length / 2)
    return (
      (await writeRows(target, rows.slice(0, half), write)) +
      (await writeRows(target, rows.slice(half), write))
    )
  }
}

async function* readRows(driver: Driver, name: TableName): AsyncGenerator<Row[]> {
  const { key } = tableOf(name)
  const keys = raw(key.join(', '))
  const columns = raw(columnsOf(name).join(', '))
  let after = sql``
  while (true) {
    const [rows = []] = await driver.batch([
      read`SELECT ${columns} FROM ${raw(name)}
           ${after} ORDER BY ${keys} LIMIT ${ROWS_PER_BATCH}`,
    ])
    const end = rows.at(-1)
    if (!end) return
    yield rows
    after = sql`WHERE (${keys}) > (${list(key.map((column) => end[column] ?? ''))})`
  }
}
