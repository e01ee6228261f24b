import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { codeOf } from '../store.ts'
import { type Command, conclude, DATABASE_OPTION, findDatabase } from './command.ts'
import { copyDatabase, findFault } from './sqliteFile.ts'

const HELP = `Makes FILE, a copy that backup wrote, the server's SQLite database. Stop the server first.

What was deleted on request since the copy was made is in it again: have it deleted once more. Weekly reports of the
database that is replaced are kept, since a week must not get a second one; where they can no longer be read, hold back those
that the server then makes anew.

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
    try {
      const isReadable = existsSync(database.path) && findFault(database.path) === undefined
      copyDatabase(given.word, database.path, (copy) => isReadable && keepReports(database.path, copy))
    } catch (error) {
      return fail(`The database could not be written (${codeOf(error)}): may its folder be written?`)
    }
    return conclude(given, world, { outcome: 'done', message: 'The database is restored' })
  },
}

/** Puts the reports of a database into another, over its own. */
function keepReports(path: string, copy: DatabaseSync): void {
  copy.prepare('ATTACH ? AS replaced').run(path)
  const tables =
    copy.prepare(`SELECT (SELECT COUNT(*) FROM replaced.sqlite_schema WHERE name = 'reports') AS replaced,
    (SELECT COUNT(*) FROM main.sqlite_schema WHERE name = 'reports') AS own`)
  const { replaced, own } = tables.get() ?? {}
  if (replaced && own) copy.exec('INSERT OR REPLACE INTO reports SELECT * FROM replaced.reports')
  copy.exec('DETACH replaced')
}
