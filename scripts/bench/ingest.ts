import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../packages/server/test/postgresServer.ts'
import { bytesWrittenBy, type Listening, type Load, loadOf, startListening } from './processes.ts'
import { pairsOf, type Row, tellProgress } from './statistics.ts'

const SERVER = '../../packages/server/src/main.ts'
const [SERVER_CORE, CLIENT_CORE] = [0, 1]

interface Case {
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
export async function benchIngest(scratch: string, args: string[]): Promise<Row[]> {
  const options = { runs: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const given = { runs: Number(values.runs ?? 5), seconds: Number(values.seconds ?? 3) }
  const wants = (name: string) => positionals.length === 0 || positionals.includes(name)
  return [
    ...(wants('sqlite') ? await benchSqlite(scratch, given) : []),
    ...(wants('postgres') ? await benchPostgres(given) : []),
  ]
}

async function benchSqlite(scratch: string, options: Options): Promise<Row[]> {
  const rows: Row[] = []
  for (const connections of [32, 256, 1]) {
    const of = { name: `SQLite, ${connections} connections`, connections, pinned: true, days: 1 }
    rows.push(...(await compare(of, `sqlite:${join(scratch, `ingest-${connections}.db`)}`, options)))
  }
  return rows
}

async function benchPostgres(options: Options): Promise<Row[]> {
  const postgres = await startPostgres()
  await postgres.setFsync('on')
  const rows: Row[] = []
  try {
    for (const days of [1, 90]) {
      const name = `PostgreSQL, 32 connections, ${days} daily tables`
      const of = { name, connections: 32, pinned: false, days }
      rows.push(...(await compare(of, await postgres.createDatabase(), options)))
    }
  } finally {
    await postgres.stop()
  }
  return rows
}

/** Runs both servers by turns. */
async function compare(of: Case, database: string, { runs, seconds }: Options): Promise<Row[]> {
  tellProgress(of.name)
  const core = of.pinned ? SERVER_CORE : undefined
  const flags = ['--port', '0', '--json', '--retention-days', '90']
  const ours = await startListening(
    SERVER,
    [...flags, '--events-per-address-per-hour', '1000000000', '--database', database],
    core,
  )
  const bare = await startListening('./bareServer.ts', [], core)
  const load = ({ url }: Listening) =>
    loadOf(url, of.connections, seconds, of.days, of.pinned ? CLIENT_CORE : undefined)
  try {
    // The first events of a day make PostgreSQL create its table, for which some of them may have to come again.
    if (of.days > 1) await load(ours).catch(() => {})
    const before = bytesWrittenBy(ours.pid)
    let stored = 0
    const own = async () => {
      const measured = await load(ours)
      stored += measured.answers[200] ?? 0
      return measured
    }
    const pairs = await pairsOf<Load, Load>(runs, own, () => load(bare))
    const written = bytesWrittenBy(ours.pid)
    const ratiosOf = (name: 'perSecond' | 'p99Ms') => pairs.map(([one, other]) => one[name] / other[name])
    return [
      { what: `events a second, ${of.name}`, against: 'a bare server', numbers: ratiosOf('perSecond') },
      { what: `p99 of an answer, ${of.name}`, against: 'a bare server', numbers: ratiosOf('p99Ms') },
      ...(before !== undefined && written !== undefined && of.pinned
        ? [
            {
              what: `written for an event, ${of.name}`,
              against: 'KB',
              numbers: [(written - before) / stored / 1024],
            },
          ]
        : []),
    ]
  } finally {
    await ours.end()
    await bare.end()
  }
}
