import { readFileSync, statSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../packages/server/test/postgresServer.ts'
import { createEventTexts } from './eventTexts.ts'
import { bytesWrittenBy, startListening } from './processes.ts'
import { at, type Row } from './statistics.ts'

const INSTALLATIONS = 1_000_000
/** So many of them send within two hours, as where many machines are switched on in the morning; the others over the day. */
const SHARE_OF_RUSH = 2 / 3
const MINUTES_PER_DAY = 1440
const [RUSH_BEGINS_AT, RUSH_ENDS_AT] = [9 * 60, 11 * 60]

/**
 * The busiest minutes of a day on which a million installations send an event each, in real time: every event comes over a
 * connection of its own, whether or not earlier ones are answered. Prints for each minute how many came, how long answers took,
 * and what memory the server has.
 *
 * @param args `--minutes N`: 10 where it is absent; and `sqlite` or `postgres`: both where neither is named.
 */
export async function benchRush(scratch: string, args: string[]): Promise<Row[]> {
  const options = { minutes: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const minutes = busiestMinutes(Number(values.minutes ?? 10))
  const wants = (name: string) => positionals.length === 0 || positionals.includes(name)
  if (wants('sqlite')) {
    const path = join(scratch, 'rush.db')
    await rush('SQLite', `sqlite:${path}`, minutes)
    console.log(`  ${(statSync(path).size / sum(minutes)).toFixed(0)} bytes of database for each event`)
  }
  if (wants('postgres')) {
    const postgres = await startPostgres()
    await postgres.setFsync('on')
    try {
      await rush('PostgreSQL', await postgres.createDatabase(), minutes)
    } finally {
      await postgres.stop()
    }
  }
  return []
}

/** How many events come in each of the busiest minutes that follow each other. */
function busiestMinutes(length: number): number[] {
  const perMinute = new Array<number>(MINUTES_PER_DAY).fill(0)
  for (let n = 0; n < INSTALLATIONS; n++) {
    const minute =
      Math.random() < SHARE_OF_RUSH
        ? RUSH_BEGINS_AT + Math.random() * (RUSH_ENDS_AT - RUSH_BEGINS_AT)
        : Math.random() * MINUTES_PER_DAY
    perMinute[Math.floor(minute)] = (perMinute[Math.floor(minute)] ?? 0) + 1
  }
  const starts = Array.from({ length: MINUTES_PER_DAY - length + 1 }, (_, n) => n)
  const from = (start: number) => perMinute.slice(start, start + length)
  return from(starts.reduce((best, start) => (sum(from(start)) > sum(from(best)) ? start : best), 0))
}

async function rush(name: string, database: string, minutes: readonly number[]): Promise<void> {
  const flags = [
    '--port',
    '0',
    '--json',
    '--events-per-address-per-hour',
    '1000000000',
    '--database',
    database,
  ]
  const server = await startListening('../../packages/server/src/main.ts', flags)
  const textOf = createEventTexts(1)
  const agent = new Agent({ keepAlive: false })
  let sent = 0
  try {
    console.log(`${name}: ${sum(minutes)} events in ${minutes.length} minutes`)
    for (const [minute, events] of minutes.entries()) {
      const begunAt = performance.now()
      const arrivals = Array.from({ length: events }, () => Math.random() * 60_000).sort((a, b) => a - b)
      const answers = arrivals.map(async (arrival) => {
        await new Promise((resolve) =>
          setTimeout(resolve, Math.max(0, begunAt + arrival - performance.now())),
        )
        return post(server.url, textOf(sent++), agent)
      })
      const times = (await Promise.all(answers)).sort((a, b) => a - b)
      console.log(
        `  minute ${minute + 1}: ${events} events, median ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms, ` +
          `at most ${at(times, 1).toFixed(1)} ms; ${residentMegabytes(server.pid)} MB`,
      )
    }
    const written = bytesWrittenBy(server.pid)
    if (written !== undefined && name === 'SQLite')
      console.log(`  ${(written / sent / 1024).toFixed(1)} KB written for each`)
  } finally {
    await server.end()
  }
}

/** @returns how long the answer took, in milliseconds. */
function post(url: string, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const askedAt = performance.now()
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    request(`${url}/v1/events`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`))
      response.resume().on('end', () => resolve(performance.now() - askedAt))
    })
      .on('error', reject)
      .end(body)
  })
}

/** Where the system does not tell, it is not known. */
function residentMegabytes(pid: number): string {
  if (process.platform !== 'linux') return 'unknown'
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]) / 1024).toFixed(0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
