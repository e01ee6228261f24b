import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { EVENT_RETENTION_DAYS } from '../../packages/protocol/src/index.ts'
import { fillDays, INSTALLATIONS_A_DAY } from './fullStore.ts'
import { bytesWrittenBy, type Listening, loadOf, processorTimeOf, startListening } from './processes.ts'
import { pairsOf, type Row, tellProgress } from './statistics.ts'

const [RUNS, SECONDS, CONNECTIONS] = [5, 3, 32]
const [SERVER_CORE, CLIENT_CORE] = [0, 1]
/** How many days are full when it is measured: with 1, 3 and 9 million events. The oldest is the oldest that is kept. */
const DAYS = [10, 30, EVENT_RETENTION_DAYS - 1]

interface Measured {
  perSecond: number
  /** Of an event, in bytes and in hundredths of a second; not a number where the system doesn't tell. */
  written: number
  processorTime: number
}

/**
 * The rate at which events are taken as the store grows, against a store without those days, and what does not depend on what else
 * the machine does: the bytes that are written and the processor time that is used for an event. Both take events of yesterday,
 * which is never filled, so that nothing else differs.
 *
 * @param args `--days N`: no more days than that are filled. All where it is absent.
 */
export async function benchGrowth(scratch: string, args: string[]): Promise<Row[]> {
  const { days: most = '90' } = parseArgs({ args, options: { days: { type: 'string' } } }).values
  const [path, emptyPath] = [join(scratch, 'growth.db'), join(scratch, 'empty.db')]
  const rows: Row[] = []
  for (const [n, days] of DAYS.entries()) {
    if (days > Number(most)) break
    const before = DAYS[n - 1] ?? 0
    await fillDays(path, EVENT_RETENTION_DAYS - before, EVENT_RETENTION_DAYS - days + 1)
    markCounted(path)
    const servers = await Promise.all([startServer(path), startServer(emptyPath)])
    const [full, empty] = servers
    tellProgress(`loading ${days * INSTALLATIONS_A_DAY} events and none by turns`)
    const pairs = await pairsOf(
      RUNS,
      () => measure(full),
      () => measure(empty),
    ).finally(() => Promise.all(servers.map((server) => server.end())))
    const row = (what: string, of: keyof Measured) => ({
      what: `${what}, SQLite with ${((days * INSTALLATIONS_A_DAY) / 1e6).toFixed(0)} million`,
      against: 'an empty store',
      numbers: pairs.map(([own, other]) => own[of] / other[of]),
    })
    rows.push({ ...row('events a second', 'perSecond'), target: '≥ 0.8' })
    rows.push(row('written for an event', 'written'), row('processor time of an event', 'processorTime'))
  }
  return rows
}

/** Else the server would count all days anew while it is measured. */
function markCounted(path: string): void {
  const database = new DatabaseSync(path)
  database.exec(`UPDATE days SET aggregated = version;
    UPDATE activity SET aggregated = (SELECT SUM(version) FROM days)`)
  database.close()
}

async function measure({ url, pid }: Listening): Promise<Measured> {
  const [bytes, time] = [bytesWrittenBy(pid), processorTimeOf(pid)]
  const { perSecond, answers } = await loadOf(url, CONNECTIONS, SECONDS, 1, CLIENT_CORE)
  const each = (before = Number.NaN, after = Number.NaN) => (after - before) / (answers[200] ?? 0)
  return {
    perSecond,
    written: each(bytes, bytesWrittenBy(pid)),
    processorTime: each(time, processorTimeOf(pid)),
  }
}

function startServer(path: string) {
  const flags = ['--port', '0', '--json', '--events-per-address-per-hour', '1000000000']
  return startListening(
    '../../packages/server/src/main.ts',
    [...flags, '--database', `sqlite:${path}`],
    SERVER_CORE,
  )
}
