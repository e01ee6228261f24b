import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addDays, dayAt, daysFromTo, isoWeekOf } from '@voicemode-telemetry/protocol'
import { type ServerProcess, startServer } from '../../packages/server/test/serverProcess.ts'
import { buildDashboard } from '../buildDashboard.ts'
import { type Demo, playAll } from './deliver.ts'
import { progressOf } from './progress.ts'

const HELP = `Shows the whole path on made-up installations: logs -> client -> HTTP -> server -> dashboard.

  npm start                 continue with what an earlier start made, or make it
  npm start -- --fresh      begin anew
  npm start -- --help       this text

Everything is kept in .demo/ in this folder. Ctrl-C stops all.
`
/** So many that, of those in use in one week, the public report shows its tables. */
const INSTALLATIONS = 720
/** So many that there is a month before the last one to compare with, and that the server can tell who comes back. */
const DAYS = 60
const WANTED_PORT = '8787'
const DAYS_PER_WEEK = 7

const folder = fileURLToPath(new URL('../../.demo', import.meta.url))
/** Written last: without it, what is in the folder is only a part. */
const marker = join(folder, 'complete.json')

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

  await buildDashboard()
  const isMade = existsSync(marker) && !values.fresh
  if (!isMade) {
    if (existsSync(folder))
      say(values.fresh ? 'Beginning anew.' : 'The last start was stopped half-way; beginning anew.')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const server = await serve()
  try {
    const demo = isMade
      ? (JSON.parse(readFileSync(marker, 'utf8')) as Demo)
      : await make(server, stopping.signal)
    say(
      `\nThe dashboard, with ${demo.installations} installations from ${demo.firstDay} to ${demo.lastDay} (UTC):`,
    )
    say(`\n    ${server.url}/\n`)
    say('What everyone can read:\n')
    for (const page of ['report', 'transparency', 'privacy']) say(`    ${server.url}/${page}`)
    say(`\n${isMade ? 'npm start -- --fresh begins anew. ' : ''}Ctrl-C stops the server.`)
    await Promise.race([once(server.process, 'exit').then(() => fail(server)), aborted(stopping.signal)])
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    say('\nStopped half-way; the next start begins anew.')
  } finally {
    await server.end()
  }
}

/** Starts the real server, on the usual port if that is free. */
function serve(): Promise<ServerProcess> {
  // One machine plays hundreds of installations here, months within a minute: the limits are lifted.
  const limits = ['--events-per-id-per-hour', '1000000', '--events-per-address-per-hour', '100000000']
  const start = (...port: string[]) => startServer(join(folder, 'telemetry.db'), [...limits, ...port])
  return start('--port', WANTED_PORT).catch(() => start())
}

async function make(server: ServerProcess, signal: AbortSignal): Promise<Demo> {
  const lastDay = addDays(dayAt(Date.now()), -1)
  const demo: Demo = { folder, installations: INSTALLATIONS, firstDay: addDays(lastDay, 1 - DAYS), lastDay }
  const startedMs = performance.now()
  const onProgress = progressOf('Logs written, counted and sent', INSTALLATIONS)
  const events = await playAll(demo, server.url, { signal, onProgress })
  await makeReports(demo, server.url)
  writeFileSync(marker, JSON.stringify(demo))
  say(`${events} events in ${Math.round((performance.now() - startedMs) / 1000)} s.`)
  return demo
}

/** Reports what is due of the demo's weeks. They lie before the server was set up, and so only a maintainer can. */
async function makeReports({ firstDay, lastDay }: Demo, serverUrl: string): Promise<void> {
  for (const day of daysFromTo(firstDay, lastDay).filter((_, n) => n % DAYS_PER_WEEK === 0)) {
    await fetch(`${serverUrl}/v1/reports/${isoWeekOf(day)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ make: true }),
    })
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}

function fail(server: ServerProcess): never {
  throw new Error(`The server ended by itself.\n${server.output()}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
