import { existsSync } from 'node:fs'
import type { Command, Run } from '@voicemode-telemetry/command-line'
import { whyItFailed } from '../../failure.ts'
import { isNoFile } from '../../store/drivers/sqlite.ts'
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
import { copyDatabase, findFault, isSameFile } from './sqliteFile.ts'

export const backup: Command<World> = {
  summary: 'copy the database to a file',
  about: `Writes a complete copy of the SQLite database to FILE, even while the server runs. Only its owner may read the copy: \
you, or the owner of its folder if root makes it.

Events in a copy are not deleted by themselves. Delete the copy once it is older than the retention.`,
  words: { usage: 'FILE', least: 1, most: 1 },
  options: { ...DATABASE_OPTION, force: { about: 'replace FILE if it exists' } },
  json: RESULT_AS_JSON,
  exitCodes: EXIT_CODES,
  examples: ['voicemode-telemetry-server backup copy.db'],
  findMisuse: findDatabaseMisuse,
  run: telling(backUp),
}

async function backUp(run: Run<World>): Promise<Result> {
  const [file = ''] = run.words
  const databasePath = databasePathOf(run)
  if (isNoFile(file)) return failed('FILE is there and is no regular file: name another')
  if (existsSync(file) && !run.switches.has('force')) {
    return failed('FILE exists: name another, or add --force to replace it')
  }
  if (isSameFile(file, databasePath)) return failed('FILE is the database itself: name another')
  const fault = findFault(databasePath)
  if (fault) return failed(`The database ${fault}: nothing was written`)
  try {
    await copyDatabase(databasePath, file)
  } catch (error) {
    return failed(`The copy could not be written (${whyItFailed(error)}): may its folder be written?`)
  }
  return done('The copy is whole')
}
