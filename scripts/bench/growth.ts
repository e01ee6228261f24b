import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillDays, INSTALLATIONS_A_DAY } from './fullStore.ts'
import { type Load, loadOf, startListening } from './processes.ts'
import { pairsOf, type Row, tellProgress } from './statistics.ts'

const [RUNS, SECONDS, CONNECTIONS] = [5, 3, 32]
const [SERVER_CORE, CLIENT_CORE] = [0, 1]
/** How many days are full when it is measured: with 1, 3 and 9 million events. */
const DAYS = [10, 30, 90]

/**
 * The rate at which events are taken as the store grows, against an empty store.
 *
 * @param args `--days N`: no more days than that are filled. All 90 where it is absent.
 */
export async function benchGrowth(scratch: string, args: string[]): Promise<Row[]> {
  const { days: most = '90' } = parseArgs({ args, options: { days: { type: 'string' } } }).values
  const path = join(scratch, 'growth.db')
  const empty = await startServer(join(scratch, 'empty.db'))
  const rows: Row[] = []
  try {
    for (const [n, days] of DAYS.entries()) {
      if (days > Number(most)) break
      await fillDays(path, days, (DAYS[n - 1] ?? 0) + 1)
      const full = await startServer(path)
      const load = ({ url }: { url: string }) => loadOf(url, CONNECTIONS, SECONDS, 1, CLIENT_CORE)
      tellProgress(`loading ${days * INSTALLATIONS_A_DAY} events and none by turns`)
      const pairs = await pairsOf<Load, Load>(
        RUNS,
        () => load(full),
        () => load(empty),
      ).finally(() => full.end())
      rows.push({
        what: `events a second, SQLite with ${(days * INSTALLATIONS_A_DAY) / 1e6} million`,
        against: 'an empty store',
        numbers: pairs.map(([own, other]) => own.perSecond / other.perSecond),
        target: '≥ 0.8',
      })
    }
    return rows
  } finally {
    await empty.end()
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
