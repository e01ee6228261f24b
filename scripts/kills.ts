import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../packages/server/test/postgresServer.ts'
import { killServer } from '../packages/server/test/serverKills.ts'
import { killClient } from '../test/clientKills.ts'
import { newSeed, readOptions } from './options.ts'
import { randomOf } from './scenes/random.ts'

const HELP = `Kills the server, on SQLite and on PostgreSQL, and the client, at random instants under load, and compares what is
stored with what was acknowledged after each kill. Ends with 1 if anything is lost, doubled or damaged.

  npm run kills                  100 kills of each, at instants that nobody has tried before
  npm run kills -- --kills 20    as many kills of each
  npm run kills -- --seed 7      the instants of a seed again, as a failure prints it
`

const WRITERS = 32
/** Charts count at once only while there are few events. */
const KILLS_OF_ONE_DATABASE = 10
const SHOWN = 20

async function main(): Promise<void> {
  const { kills, seed } = readOptions(HELP, { kills: 100, seed: newSeed() })
  console.log(`${kills} kills of each, seed ${seed}`)
  const random = randomOf(seed)
  const showProgress = (killed: number) => {
    if (killed % KILLS_OF_ONE_DATABASE === 0) console.log(`  ${killed}`)
  }

  async function killServers(newDatabase: () => Promise<string>) {
    const total = { acknowledged: 0, wrong: [] as string[] }
    for (let done = 0; done < kills; done += KILLS_OF_ONE_DATABASE) {
      const database = await newDatabase()
      const now = Math.min(KILLS_OF_ONE_DATABASE, kills - done)
      const { acknowledged, wrong } = await killServer({ database, kills: now, writers: WRITERS, random })
      total.acknowledged += acknowledged
      total.wrong.push(...wrong)
      showProgress(done + now)
    }
    return total
  }

  const folder = mkdtempSync(join(tmpdir(), 'kills-'))
  let files = 0
  tell('server on SQLite', await killServers(async () => join(folder, `${++files}.db`)))
  rmSync(folder, { recursive: true })
  const postgres = await startPostgres()
  try {
    tell('server on PostgreSQL', await killServers(() => postgres.createDatabase()))
  } finally {
    await postgres.stop()
  }
  tell('client', await killClient(kills, random, showProgress))
}

function tell(subject: string, { wrong, ...counts }: { wrong: string[] }): void {
  console.log(`${subject}:`, { ...counts, wrong: wrong.length })
  for (const sentence of wrong.slice(0, SHOWN)) console.log(`  ${sentence}`)
  if (wrong.length > 0) process.exitCode = 1
}

await main()
