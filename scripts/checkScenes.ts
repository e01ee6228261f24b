import { parseArgs } from 'node:util'
import { compareWithClient } from './scenes/compare.ts'

const HELP = `Plays scenes, has the client count their logs, and compares with what was done.

  npm run scenes                        2,000 days of scenes that nobody has seen before
  npm run scenes -- --days 500          as many days
  npm run scenes -- --seed 7 --days 1   the scenes of a seed again, of which a failure tells
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '2000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const [wanted, first] = [Number(values.days), Number(values.seed)]
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
