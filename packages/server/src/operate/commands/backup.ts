import { existsSync } from 'node:fs'
import { codeOf } from '../../store/store.ts'
import { type Command, DATABASE_OPTION, done, failed, findDatabase } from './command.ts'
import { copyDatabase, findFault, isSameFile } from './sqliteFile.ts'

const HELP = `Writes a whole copy of the SQLite database to FILE, also while the server runs. Only you may read it.

Events in a copy are not forgotten by themselves: delete it once it is older than the retention.

  --database sqlite:PATH   the database (TELEMETRY_DATABASE, or the server's default)
  --force                  replace FILE where it exists
  --json                   print for programs

Exit codes: 0 done, 1 could not be done, 2 used wrongly.`

export const backup: Command = {
  takes: 'FILE',
  words: [1, 1],
  options: { ...DATABASE_OPTION, force: { type: 'boolean' } },
  help: HELP,
  async run(given, world) {
    const [file = ''] = given.words
    const database = findDatabase(given, world)
    if (!database.ok) return database.failure
    if (existsSync(file) && !given.options.force) {
      return failed('FILE exists: name another, or add --force to replace it')
    }
    if (isSameFile(file, database.path)) return failed('FILE is the database itself: name another')
    const fault = findFault(database.path)
    if (fault) return failed(`The database ${fault}: nothing was written`)
    try {
      await copyDatabase(database.path, file)
    } catch (error) {
      return failed(`The copy could not be written (${codeOf(error)}): may its folder be written?`)
    }
    return done('The copy is whole')
  },
}
