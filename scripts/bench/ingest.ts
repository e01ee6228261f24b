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
  target: { rate: string; p99?: string; kilobytes?: string }
}

interface Options {
  runs: number
  seconds: number
}

/**
 * Durable ingest against a bare `node:http` server that parses the same JSON and answers, and against one that stores it in the same
 * engine and does nothing else, which is the limit: events a second, and the 99th percentile of the time an answer takes. Each
 * round has all of them, one after the other.
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
  const cases: [connections: number, Case['target']][] = [
    [32, { rate: '≥ 0.5', p99: '≤ 4', kilobytes: '≤ 8' }],
    [256, { rate: '≥ 0.5' }],
    [1, { rate: "the disk's" }],
  ]
  const rows: Row[] = []
  for (const [connections, target] of cases) {
    const of = { name: `SQLite, ${connections} connections`, connections, pinned: true, target }
    const path = (name: string) => `sqlite:${join(scratch, `${name}-${connections}.db`)}`
    rows.push(...(await compare(of, [path('ingest'), path('bare')], options)))
  }
  return rows
}

async function benchPostgres(options: Options): Promise<Row[]> {
  const postgres = await startPostgres()
  await postgres.setFsync('on')
  try {
    const databases: [string, string] = [await postgres.createDatabase(), await postgres.createDatabase()]
    const target = { rate: '≥ 0.3' }
    const of = { name: 'PostgreSQL, 32 connections', connections: 32, pinned: false, target }
    return [
      ...(await compare(of, databases, options)),
      await compareDays(await postgres.createDatabase(), await postgres.createDatabase(), options),
    ]
  } finally {
    await postgres.stop()
  }
}

/** Two servers of ours, of which one gets events of 90 days by turns. */
async function compareDays(many: string, one: string, { runs, seconds }: Options): Promise<Row> {
  const what = 'events a second, PostgreSQL, 32 connections, 90 daily tables'
  tellProgress(what)
  const [ofMany, ofOne] = [await startOurs(many), await startOurs(one)]
  try {
    const pairs = await pairsOf(
      runs,
      () => loadOf(ofMany.url, 32, seconds, 90),
      () => loadOf(ofOne.url, 32, seconds, 1),
    )
    const numbers = pairs.map(([own, other]) => own.perSecond / other.perSecond)
    return { what, against: 'one table', numbers, target: '≥ 0.95' }
  } finally {
    await ofMany.end()
    await ofOne.end()
  }
}

function startOurs(database: string, core?: number): Promise<Listening> {
  const flags = ['--port', '0', '--json', '--retention-days', '90']
  const limit = ['--events-per-address-per-hour', '1000000000']
  return startListening(SERVER, [...flags, ...limit, '--database', database], core)
}

/** Runs all servers by turns. @param databases ours, and that of the server that only stores. */
async function compare(of: Case, databases: [string, string], { runs, seconds }: Options): Promise<Row[]> {
  const { name, connections, target } = of
  tellProgress(name)
  const core = of.pinned ? SERVER_CORE : undefined
  const ours = await startOurs(databases[0], core)
  const bare = await startListening('./bareServer.ts', [], core)
  const storing = await startListening('./bareServer.ts', [databases[1]], core)
  const load = ({ url }: Listening) =>
    loadOf(url, connections, seconds, 1, of.pinned ? CLIENT_CORE : undefined)
  try {
    const before = bytesWrittenBy(ours.pid)
    let stored = 0
    const own = async () => {
      const measured = await load(ours)
      stored += measured.answers[200] ?? 0
      return measured
    }
    const rounds = await pairsOf<Load, [Load, Load]>(runs, own, async () => [
      await load(bare),
      await load(storing),
    ])
    const written = bytesWrittenBy(ours.pid)
    const kilobytes = before !== undefined && written !== undefined && of.pinned
    return [
      {
        what: `events a second, ${name}`,
        against: 'a bare server',
        numbers: rounds.map(([one, [other]]) => one.perSecond / other.perSecond),
        target: target.rate,
      },
      {
        what: `events a second, ${name}`,
        against: 'a server that only stores',
        numbers: rounds.map(([one, [, other]]) => one.perSecond / other.perSecond),
      },
      {
        what: 'the limit: a server that only stores',
        against: 'a bare server',
        numbers: rounds.map(([, [one, other]]) => other.perSecond / one.perSecond),
      },
      {
        what: `p99 of an answer, ${name}`,
        against: 'a bare server',
        numbers: rounds.map(([one, [other]]) => one.p99Ms / other.p99Ms),
        ...(target.p99 && { target: target.p99 }),
      },
      {
        what: 'the limit: p99 of a server that only stores',
        against: 'a bare server',
        numbers: rounds.map(([, [one, other]]) => other.p99Ms / one.p99Ms),
      },
      ...(kilobytes
        ? [
            {
              what: `written for an event, ${name}`,
              against: 'KB',
              numbers: [(written - before) / stored / 1024],
              ...(target.kilobytes && { target: target.kilobytes }),
            },
          ]
        : []),
    ]
  } finally {
    await ours.end()
    await bare.end()
    await storing.end()
  }
}
