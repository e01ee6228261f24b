import { existsSync } from 'node:fs'
import { codeOf } from '../../store/store.ts'
import { type Command, conclude, DATABASE_OPTION, findDatabase } from './command.ts'
import { copyDatabase, findFault, isSameFile } from './sqliteFile.ts'

const HELP = `Writes a whole copy of the SQLite database to FILE, also while the server runs. Only you may read it.

Events in a copy are not forgotten by themselves: delete it once it is older than the retention.

  --database sqlite:PATH   the database (TELEMETRY_DATABASE, or the server's default)
  --force                  replace FILE where it exists
  --json                   print for programs

Exit codes: 0 done, 1 could not be done, 2 used wrongly.`

export const backup: Command = {
  takes: 'FILE',
  words: 1,
  options: { ...DATABASE_OPTION, force: { type: 'boolean' } },
  help: HELP,
  async run(given, world) {
    const database = findDatabase(given, world)
    if (!database.ok)
      return conclude(given, world, { outcome: 'failed', message: database.problems.join('\n') }, 2)
    const fail = (message: string) => conclude(given, world, { outcome: 'failed', message })
    if (existsSync(given.word) && !given.options.force) {
      return fail('FILE exists: name another, or add --force to replace it')
    }
    if (isSameFile(given.word, database.path)) return fail('FILE is the database itself: name another')
    const fault = findFault(database.path)
    if (fault) return fail(`The database ${fault}: nothing was written`)
    try {
      await copyDatabase(database.path, given.word)
    } catch (error) {
      return fail(`The copy could not be written (${codeOf(error)}): may its folder be written?`)
    }
    return conclude(given, world, { outcome: 'done', message: 'The copy is whole' })
  },
}
