import { newSeed, readOptions } from './options.ts'
import { compareWithClient } from './scenes/compare.ts'

const HELP = `Plays scenes, has the client count their logs, and compares with what was done.

  npm run scenes                        2,000 days of scenes that nobody has seen before
  npm run scenes -- --days 500          as many days
  npm run scenes -- --seed 7 --days 1   the scenes of a seed again, of which a failure tells
`

async function main(): Promise<void> {
  const { days: wanted, seed: first } = readOptions(HELP, { days: 2_000, seed: newSeed() })
  let [days, wrong] = [0, 0]
  for (let seed = first; days < wanted; seed++) {
    const compared = await compareWithClient(seed)
    days += compared.days
    wrong += compared.differences.length
    for (const difference of compared.differences) process.stdout.write(`${JSON.stringify(difference)}\n`)
  }
  process.stdout.write(`${days} days from seed ${first} on, ${wrong} differences.\n`)
  if (wrong > 0) process.exitCode = 1
}

await main()
