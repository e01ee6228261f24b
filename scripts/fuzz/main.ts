import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newSeed, readOptions } from '../options.ts'
import { attack } from './attack.ts'
import { fuzzLogs, fuzzSettings } from './readers.ts'

const HELP = `Sends requests that nobody would send to a real server, over real connections: valid ones of every route with something wrong
in method, path, query, headers, cookies, body or HTTP itself. Half go to a server with an admin token, half to one without. Then
gives arbitrary bytes to the readers of logs and settings. Ends with 1 if the server answers a 5xx, gives no answer, repeats a value,
ends or grows, or if a reader fails.

  npm run fuzz                             a million requests that nobody has tried before
  npm run fuzz -- --requests 10000         as many
  npm run fuzz -- --seed 7 --requests 2    a request again, to each server, by the seed that a failure prints
`

/** How much more memory a server may take in the last tenth of a run than in the second, in MB. */
const MARGIN_MB = 32
/** For its first 100,000 requests or so, a server takes ever more of what V8 lets it take, and then gives some back. */
const MEMORY_FROM_REQUESTS = 1_000_000
const SHOWN = 20
const LOGS_PER_REQUEST = 1 / 200
const SETTINGS_PER_REQUEST = 1 / 50

async function main(): Promise<void> {
  const { requests, seed } = readOptions(HELP, { requests: 1_000_000, seed: newSeed() })
  console.log(`${requests} requests, seed ${seed}`)
  for (const hasToken of [true, false]) {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
    const { answers, memoryMb, wrong } = await attack({
      ...{ database: join(folder, 'fuzz.db'), seed, requests: Math.ceil(requests / 2), hasToken },
      onProgress: (done) => console.log(`  ${done}`),
    })
    rmSync(folder, { recursive: true })
    const [second, last] = [tenthOf(memoryMb, 1), tenthOf(memoryMb, 9)]
    console.log(hasToken ? 'With an admin token:' : 'Without a token:', {
      answers,
      memoryMb: { second, last },
    })
    if (requests >= MEMORY_FROM_REQUESTS && last > second + MARGIN_MB) wrong.push('the server grows')
    tell(wrong)
  }
  const [logs, settings] = [LOGS_PER_REQUEST, SETTINGS_PER_REQUEST].map((share) =>
    Math.ceil(share * requests),
  )
  console.log(`${logs} homes with logs, ${settings} with settings`)
  tell(await fuzzLogs(seed, logs ?? 0))
  tell(fuzzSettings(seed, settings ?? 0))
}

function tell(wrong: readonly string[]): void {
  console.log(`  ${wrong.length} wrong`)
  for (const sentence of wrong.slice(0, SHOWN)) console.log(`  ${sentence}`)
  if (wrong.length > 0) process.exitCode = 1
}

/** The median of a tenth of the samples. */
function tenthOf(samples: readonly number[], tenth: number): number {
  const size = samples.length / 10
  const part = samples.slice(Math.floor(tenth * size), Math.ceil((tenth + 1) * size)).sort((a, b) => a - b)
  return part[Math.floor(part.length / 2)] ?? 0
}

await main()
