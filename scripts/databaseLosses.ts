import { LOSSES, loseDatabase, QUICK_LOSSES } from '../packages/server/test/databaseLosses.ts'
import { startPostgres } from '../packages/server/test/postgresServer.ts'
import { readOptions } from './options.ts'

const HELP = `Takes a PostgreSQL database away in each of several ways, again and again, while 16 writers send events. Ends with 1 if
the server ends, leaves a request unanswered, answers anything but 200 or a 503 with Retry-After, or loses an event that
it acknowledged.

  npm run losses                  each way 20 times, and a hang 5 times
  npm run losses -- --times 3     each way 3 times
`

/** Each takes as long as a server waits for an answer. */
const HANGS = 5
const WRITERS = 16

const { times } = readOptions(HELP, { times: 20 })
const postgres = await startPostgres()
try {
  const losses = Array.from({ length: times }, (_, n) => (n < HANGS ? LOSSES : QUICK_LOSSES)).flat()
  const { log, ...outcome } = await loseDatabase(postgres, { losses, writers: WRITERS })
  console.log({ losses: losses.length, ...outcome })
  const kinds = new Map<string, number>()
  for (const [, kind = ''] of log.matchAll(/"kind":"([^"]+)"/g)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  console.log('In its log:', Object.fromEntries(kinds))
  const { refused, withRetryAfter, unanswered, lost, endedWith } = outcome
  const holds =
    lost === 0 &&
    unanswered === 0 &&
    endedWith === null &&
    Object.keys(refused).every((status) => status === '503') &&
    withRetryAfter === (refused[503] ?? 0)
  process.exitCode = holds ? 0 : 1
} finally {
  await postgres.stop()
}
