import { fileURLToPath } from 'node:url'
import { newSeed, readOptions } from '../options.ts'
import { loadClient } from './client.ts'
import { FAULTS } from './faults.ts'
import { simulate, takeWorld } from './run.ts'

const HELP = `Plays weeks of a machine with its client and its server, in which all kinds of things go wrong.

  npm run simulate                        10,000 runs that nobody has seen before
  npm run simulate -- --runs 500          as many runs
  npm run simulate -- --seed 7 --runs 1   the run of a seed again, with its story
  npm run simulate -- --client FOLDER     with another copy of packages/client, as npm run mutations does
`
/** In so many runs everything goes wrong that can. */
const ENOUGH = 10_000
const CLIENT = fileURLToPath(new URL('../../packages/client/', import.meta.url))

async function main(): Promise<void> {
  const { runs, seed: first, ...paths } = readOptions(HELP, { runs: 10_000, seed: newSeed(), client: CLIENT })
  const client = await loadClient(paths.client)
  takeWorld()
  const fired = new Map(FAULTS.map((fault) => [fault, 0]))
  let stored = 0
  for (let n = 0; n < runs; n++) {
    const outcome = await simulate(first + n, client)
    stored += outcome.stored
    for (const [fault, times] of outcome.fired) fired.set(fault, (fired.get(fault) ?? 0) + times)
    if (runs === 1) process.stdout.write(`${outcome.story.join('\n')}\n`)
    if (outcome.wrong.length > 0) {
      process.stdout.write(`WRONG with seed ${first + n}: ${outcome.wrong.join('; ')}\n`)
      process.exitCode = 1
      return
    }
    if ((n + 1) % 1000 === 0) process.stderr.write(`${n + 1} runs\n`)
  }
  process.stdout.write(`${runs} runs from seed ${first} on, ${stored} events stored.\n`)
  for (const [fault, times] of [...fired].toSorted())
    process.stdout.write(`${String(times).padStart(9)}  ${fault}\n`)
  const never = FAULTS.filter((fault) => fired.get(fault) === 0)
  if (never.length > 0 && runs >= ENOUGH) {
    process.stdout.write(`WRONG: it never happened: ${never.join(', ')}\n`)
    process.exitCode = 1
  }
}

await main()
