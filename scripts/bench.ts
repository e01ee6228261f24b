import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Row, tableOf, tellProgress } from './bench/statistics.ts'

type Bench = (scratch: string, args: string[]) => Promise<Row[]> | Row[]

/** Loaded when they are needed: except on Linux, what this process has in memory counts for those that it starts, too. */
type Benches = Record<string, [about: string, () => Promise<Bench>]>

/** Those that run where none is named. */
const QUICK: Benches = {
  startup: [
    'what the client costs at its start',
    async () => (await import('./bench/startup.ts')).benchStartup,
  ],
  reading: [
    'the client that reads a month of logs',
    async () => (await import('./bench/reading.ts')).benchReading,
  ],
  ingest: ['a server that takes events', async () => (await import('./bench/ingest.ts')).benchIngest],
  worker: ['the Worker that takes events', async () => (await import('./bench/worker.ts')).benchWorker],
  d1: ['what an event costs on Cloudflare', async () => (await import('./bench/d1Cost.ts')).benchD1Cost],
  counting: ['counting a day anew', async () => (await import('./bench/counting.ts')).benchCounting],
}

const LONG: Benches = {
  charts: [
    'charts of 9 million events; some 10 minutes and 12 GB of disk',
    async () => (await import('./bench/charts.ts')).benchCharts,
  ],
  growth: [
    'taking events as a store grows to 9 million; some 8 minutes and 12 GB of disk',
    async () => (await import('./bench/growth.ts')).benchGrowth,
  ],
  rush: [
    'the busiest minutes of a million installations; 20 minutes',
    async () => (await import('./bench/rush.ts')).benchRush,
  ],
}

const listOf = (benches: Benches) =>
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
    const [about, load] = all[name] as Benches[string]
    tellProgress(`${name}: ${about}`)
    try {
      const bench = await load()
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
