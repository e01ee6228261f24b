import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../packages/server/test/postgresServer.ts'
import { bytesWrittenBy, type Listening, resultOf, startListening } from './processes.ts'
import { sayRatio, spreadOf } from './statistics.ts'

const SERVER = '../../packages/server/src/main.ts'
const [SERVER_CORE, CLIENT_CORE] = [0, 1]

/** What `load.ts` prints. */
interface Load {
  perSecond: number
  p99Ms: number
  answers: Record<string, number>
}

interface Row {
  name: string
  connections: number
  /** Whether server and client have a core each; otherwise both use all there are. */
  pinned: boolean
  /** The events are of so many days. */
  days: number
}

interface Options {
  runs: number
  seconds: number
}

/**
 * Durable ingest against a bare `node:http` server that parses the same JSON and answers: events a second, and the 99th
 * percentile of the time an answer takes. Each pair of runs has both, one after the other.
 *
 * @param args `--runs N` pairs (5), `--seconds N` each (3), and which rows: all where none is named.
 */
export async function benchIngest(scratch: string, args: string[]): Promise<void> {
  const options = { runs: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const given = { runs: Number(values.runs ?? 5), seconds: Number(values.seconds ?? 3) }
  const wants = (name: string) => positionals.length === 0 || positionals.includes(name)
  if (wants('sqlite')) await benchSqlite(scratch, given)
  if (wants('postgres')) await benchPostgres(given)
}

async function benchSqlite(scratch: string, options: Options): Promise<void> {
  for (const connections of [32, 256, 1]) {
    const row = { name: `SQLite, ${connections} connections`, connections, pinned: true, days: 1 }
    await compare(row, `sqlite:${join(scratch, `ingest-${connections}.db`)}`, options)
  }
}

async function benchPostgres(options: Options): Promise<void> {
  const postgres = await startPostgres()
  await postgres.setFsync('on')
  try {
    for (const days of [1, 90]) {
      const row = {
        name: `PostgreSQL, 32 connections, ${days} daily tables`,
        connections: 32,
        pinned: false,
        days,
      }
      await compare(row, await postgres.createDatabase(), options)
    }
  } finally {
    await postgres.stop()
  }
}

/** Runs both servers by turns, and prints how ours compares. */
async function compare(row: Row, database: string, { runs, seconds }: Options): Promise<void> {
  const core = row.pinned ? SERVER_CORE : undefined
  const flags = ['--port', '0', '--json', '--retention-days', '90']
  const ours = await startListening(
    SERVER,
    [...flags, '--events-per-address-per-hour', '1000000000', '--database', database],
    core,
  )
  const bare = await startListening('./bareServer.ts', [], core)
  try {
    await load(ours, row, 1)
    await load(bare, row, 1)
    const before = bytesWrittenBy(ours.pid)
    const pairs: { of: Load; and: Load }[] = []
    for (let n = 0; n < runs; n++) {
      pairs.push({ of: await load(ours, row, seconds), and: await load(bare, row, seconds) })
    }
    const stored = pairs.reduce((sum, { of }) => sum + (of.answers[200] ?? 0), 0)
    const written = bytesWrittenBy(ours.pid)
    const rate = sayRatio(spreadOf(pairs.map(({ of, and }) => of.perSecond / and.perSecond)))
    const p99 = sayRatio(spreadOf(pairs.map(({ of, and }) => of.p99Ms / and.p99Ms)))
    const perSecond = spreadOf(pairs.map(({ of }) => of.perSecond)).median
    console.log(
      `${row.name}: rate ${rate} of a bare server (${Math.round(perSecond)}/s), p99 ${p99} of its p99`,
    )
    if (before !== undefined && written !== undefined && row.pinned) {
      console.log(`  ${((written - before) / stored / 1024).toFixed(1)} KB written to disk for each event`)
    }
  } finally {
    await ours.end()
    await bare.end()
  }
}

async function load(server: Listening, { connections, pinned, days }: Row, seconds: number): Promise<Load> {
  const args = [server.url, `${connections}`, `${seconds}`, `${days}`]
  const measured = await resultOf<Load>('./load.ts', args, pinned ? CLIENT_CORE : undefined)
  const others = Object.keys(measured.answers).filter((status) => status !== '200')
  if (others.length > 0) throw new Error(`answered ${others.join(', ')}`)
  return measured
}
