import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchCharts } from './bench/charts.ts'
import { benchCounting } from './bench/counting.ts'
import { benchD1Cost } from './bench/d1Cost.ts'
import { benchGrowth } from './bench/growth.ts'
import { benchIngest } from './bench/ingest.ts'
import { benchReading } from './bench/reading.ts'
import { benchRush } from './bench/rush.ts'
import { benchStartup } from './bench/startup.ts'
import { type Row, tableOf, tellProgress } from './bench/statistics.ts'
import { benchWorker } from './bench/worker.ts'

type Bench = (scratch: string, args: string[]) => Promise<Row[]> | Row[]

/** Those that run where none is named. */
const QUICK: Record<string, [about: string, Bench]> = {
  startup: ['what the client costs at its start', benchStartup],
  reading: ['the client that reads a month of logs', benchReading],
  ingest: ['a server that takes events', benchIngest],
  worker: ['the Worker that takes events', benchWorker],
  d1: ['what an event costs on Cloudflare', benchD1Cost],
  counting: ['counting a day anew', benchCounting],
}

const LONG: Record<string, [about: string, Bench]> = {
  charts: ['charts of 9 million events; some 20 minutes and 12 GB of disk', benchCharts],
  growth: ['taking events as a store grows to 9 million; some 20 minutes and 12 GB of disk', benchGrowth],
  rush: ['the busiest minutes of a million installations; 20 minutes', benchRush],
}

const listOf = (benches: typeof QUICK) =>
  Object.entries(benches).map(([name, [about]]) => `  npm run bench -- ${name.padEnd(9)} ${about}`)
const LONG_ONES = ['By themselves, for they take long:', ...listOf(LONG)].join('\n')
const HELP = `npm run bench measures speed, mostly as ratios of things that run by turns, since the clock of a shared machine means little.

  npm run bench              all of these, in some 10 minutes
${listOf(QUICK).join('\n')}

${LONG_ONES}`

const [which, ...args] = process.argv.slice(2)
const all = { ...QUICK, ...LONG }
if (which === '--help' || which === '-h') console.log(HELP)
else if (which !== undefined && !(which in all)) {
  console.error(`There is no bench ${which}.\n\n${HELP}`)
  process.exitCode = 2
} else {
  const rows: Row[] = []
  for (const name of which === undefined ? Object.keys(QUICK) : [which]) {
    const scratch = mkdtempSync(join(tmpdir(), 'voicemode-bench-'))
    const [about, bench] = all[name] as (typeof QUICK)[string]
    tellProgress(`${name}: ${about}`)
    try {
      rows.push(...(await bench(scratch, args)))
    } catch (error) {
      // The others are measured all the same.
      console.error(`${name} failed:`, error)
      process.exitCode = 1
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  if (rows.length > 0) console.log(tableOf(rows))
  if (which === undefined) console.log(`\n${LONG_ONES}`)
}
