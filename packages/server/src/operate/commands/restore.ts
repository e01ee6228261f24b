import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import { boundsOf } from '../../counts/isoWeek.ts'
import { newestDueWeek } from '../../report/mechanism/weeklyReport.ts'
import { openDatabase } from '../../store/drivers/open.ts'
import { createReportStore } from '../../store/reportStore.ts'
import { hashOf } from '../../store/sqlStore.ts'
import { codeOf } from '../../store/store.ts'
import { type Command, conclude, DATABASE_OPTION, findDatabase } from './command.ts'
import { copyDatabase, findFault } from './sqliteFile.ts'

const HELP = `Makes FILE, a copy that backup wrote, the server's SQLite database. Stop the server first.

Of the database that is replaced it keeps what has to outlive it: deletions of the last 8 days, which are carried out on the
copy too, the numbers of requests, and weekly reports, since a week must not get a second one. Where that database can't
be read any more, weeks before this one get no report but those in the copy, and deletions since the copy was made are
undone.

  --database sqlite:PATH   the database (TELEMETRY_DATABASE, or the server's default)
  --force                  replace the database where it exists
  --json                   print for programs

Exit codes: 0 done, 1 could not be done, 2 used wrongly.`

export const restore: Command = {
  takes: 'FILE',
  words: 1,
  options: { ...DATABASE_OPTION, force: { type: 'boolean' } },
  help: HELP,
  async run(given, world) {
    const database = findDatabase(given, world)
    if (!database.ok)
      return conclude(given, world, { outcome: 'failed', message: database.problems.join('\n') }, 2)
    const fail = (message: string) => conclude(given, world, { outcome: 'failed', message })
    const fault = findFault(given.word)
    if (fault) return fail(`FILE ${fault}: nothing was changed`)
    if (existsSync(database.path) && !given.options.force) {
      return fail('The database exists: add --force to replace it by FILE')
    }
    const isReadable = findFault(database.path) === undefined
    try {
      await copyDatabase(given.word, database.path, (copy) =>
        bringUp(copy, isReadable ? database.path : undefined, dayAt(world.now())),
      )
    } catch (error) {
      return fail(`The database could not be written (${codeOf(error)}): may its folder be written?`)
    }
    const kept = isReadable
      ? 'with reports and deletions of the one it replaces'
      : 'but nothing of the one before could be kept; weeks before this one get no report'
    return conclude(given, world, { outcome: 'done', message: `The database is restored, ${kept}` })
  },
}

/** Brings a copy up to date, and to what is known since it was made. @param replaced undefined where that is lost. */
async function bringUp(copy: string, replaced: string | undefined, today: Day): Promise<void> {
  const driver = await openDatabase({ databasePath: copy, databaseUrl: undefined })
  if (replaced === undefined) {
    // Reports of weeks before may have been published and lost; a second one would have fresh noise.
    const firstUnreported = addDays(boundsOf(newestDueWeek(today)).to, 1)
    await createReportStore((...statements) => driver.batch(statements)).noteForgetting(firstUnreported)
  }
  await driver.close()
  if (replaced === undefined) return
  const database = new DatabaseSync(copy)
  try {
    database.prepare('ATTACH ? AS replaced').run(replaced)
    for (const [table, sql] of Object.entries(KEEP)) {
      if (database.prepare('SELECT 1 FROM replaced.sqlite_schema WHERE name = ?').get(table))
        database.exec(sql)
    }
    database.exec('DETACH replaced')
    await deleteBuried(database)
  } finally {
    database.close()
  }
}

/** What is kept of the database that is replaced, by its table. */
const KEEP = {
  reports: 'INSERT OR REPLACE INTO reports SELECT * FROM replaced.reports',
  milestones: 'INSERT OR REPLACE INTO milestones SELECT * FROM replaced.milestones',
  graves: 'INSERT OR REPLACE INTO graves SELECT * FROM replaced.graves',
  rights: `INSERT INTO rights SELECT * FROM replaced.rights WHERE true
    ON CONFLICT (day, field) DO UPDATE SET n = max(n, excluded.n)`,
}

/** Deletes what is stored of installations that have a grave. */
async function deleteBuried(database: DatabaseSync): Promise<void> {
  const isBuried = database.prepare('SELECT 1 FROM graves WHERE id_hash = ?')
  const steps = [
    'UPDATE days SET version = version + 1 WHERE forgotten = 0 AND day IN (SELECT day FROM events WHERE telemetry_id = ?)',
    'DELETE FROM events WHERE telemetry_id = ?',
    `DELETE FROM quota WHERE subject = 'id:' || ?`,
  ].map((sql) => database.prepare(sql))
  for (const { telemetry_id } of database.prepare('SELECT DISTINCT telemetry_id FROM events').all()) {
    const id = String(telemetry_id)
    if (isBuried.get(await hashOf(id))) for (const step of steps) step.run(id)
  }
}
