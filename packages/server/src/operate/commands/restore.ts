import { existsSync } from 'node:fs'
import type { Command, Run } from '@voicemode-telemetry/command-line'
import { addDays, boundsOf, type Day, dayAt } from '@voicemode-telemetry/protocol'
import { whyItFailed } from '../../failure.ts'
import { newestDueWeek } from '../../report/dueWeeks.ts'
import { eraseInstallation } from '../../store/dataRequestStore.ts'
import type { Driver } from '../../store/driver.ts'
import { openDatabase } from '../../store/drivers/open.ts'
import { isNoFile } from '../../store/drivers/sqlite.ts'
import { hashOf } from '../../store/installation.ts'
import { createReportStore } from '../../store/reportStore.ts'
import { raw, read, type Statement, sql } from '../../store/statement.ts'
import { columnsOf, TABLE_NAMES, type TableName, tableOf } from '../../store/tables.ts'
import {
  DATABASE_OPTION,
  databasePathOf,
  done,
  EXIT_CODES,
  failed,
  findDatabaseMisuse,
  RESULT_AS_JSON,
  type Result,
  telling,
  type World,
} from './command.ts'
import { copyDatabase, findFault, isInUse } from './sqliteFile.ts'

export const restore: Command<World> = {
  summary: 'make a copy the database again',
  about: `Makes FILE, a copy that backup wrote, the server's SQLite database. Stop the server first.

From the database that is replaced it keeps what must not be lost: the deletions of the last 8 days, which it also applies to the \
copy; the numbers of requests; and the weekly reports, since no week may get a second one. If that database can't be read, deletions \
made after the copy are lost, and weeks before the current one get no reports except those in the copy.`,
  words: { usage: 'FILE', least: 1, most: 1 },
  options: { ...DATABASE_OPTION, force: { about: 'replace the database if it exists' } },
  json: RESULT_AS_JSON,
  exitCodes: EXIT_CODES,
  examples: ['voicemode-telemetry-server restore copy.db --force'],
  findMisuse: findDatabaseMisuse,
  run: telling(restoreFrom),
}

async function restoreFrom(run: Run<World>): Promise<Result> {
  const [file = ''] = run.words
  const databasePath = databasePathOf(run)
  const fault = findFault(file)
  if (fault) return failed(`FILE ${fault}: nothing was changed`)
  if (isNoFile(databasePath)) return failed('The database is no regular file: name another')
  if (existsSync(databasePath) && !run.switches.has('force')) {
    return failed('The database exists: add --force to replace it by FILE')
  }
  if (isInUse(databasePath)) {
    return failed('The database is in use: stop the server first. Nothing was changed')
  }
  const replaced = findFault(databasePath) === undefined ? databasePath : undefined
  try {
    await copyDatabase(file, databasePath, (copy) => bringUp(copy, replaced, dayAt(run.host.now())))
  } catch (error) {
    return failed(`The database could not be written (${whyItFailed(error)}): may its folder be written?`)
  }
  const kept = replaced
    ? 'with the weekly reports and deletions of the database that it replaced'
    : 'but nothing could be kept from the database before it: earlier weeks get no report'
  return done(`The database is restored, ${kept}`)
}

/** Brings a copy up to date, and to what is known since it was made. @param replaced undefined where that is lost. */
async function bringUp(copy: string, replaced: string | undefined, today: Day): Promise<void> {
  // Its tables must have the columns of the copy's.
  if (replaced !== undefined) await (await openFile(replaced)).close()
  const driver = await openFile(copy)
  try {
    if (replaced !== undefined) await takeOver(driver, replaced)
    else await reportNoEarlierWeek(driver, today)
  } finally {
    await driver.close()
  }
}

function openFile(databasePath: string): Promise<Driver> {
  return openDatabase({ databasePath, databaseUrl: undefined })
}

/** Reports of weeks before may have been published and lost; a second one would have fresh noise. */
async function reportNoEarlierWeek(driver: Driver, today: Day): Promise<void> {
  const firstUnreported = addDays(boundsOf(newestDueWeek(today)).to, 1)
  await createReportStore((...statements) => driver.batch(statements)).noteForgetting(firstUnreported)
}

/** Takes from the replaced database what has to outlive it, and carries out the deletions among that. */
async function takeOver(driver: Driver, replaced: string): Promise<void> {
  await driver.batch([sql`ATTACH ${replaced} AS replaced`])
  await driver.batch(TABLE_NAMES.flatMap(takeRows))
  await driver.batch([sql`DETACH replaced`])
  const [tombstones = [], installations = []] = await driver.batch([
    read`SELECT id_hash FROM tombstones`,
    read`SELECT DISTINCT telemetry_id FROM events`,
  ])
  const suppressed = new Set(tombstones.map(({ id_hash }) => id_hash))
  for (const { telemetry_id } of installations) {
    const id = String(telemetry_id)
    if (suppressed.has(hashOf(id))) await driver.batch(eraseInstallation(driver.engine, id))
  }
}

function takeRows(name: TableName): Statement[] {
  const { key, onRestore } = tableOf(name)
  const columns = raw(columnsOf(name).join(', '))
  const rows = sql`INTO ${raw(name)} (${columns}) SELECT ${columns} FROM replaced.${raw(name)}`
  switch (onRestore) {
    case undefined:
      return []
    case 'every row':
      return [sql`INSERT OR REPLACE ${rows}`]
    case 'higher n':
      return [
        sql`INSERT ${rows} WHERE true
            ON CONFLICT (${raw(key.join(', '))}) DO UPDATE SET n = max(n, excluded.n)`,
      ]
    default:
      throw onRestore satisfies never
  }
}
