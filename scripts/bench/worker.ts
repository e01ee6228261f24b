import { join } from 'node:path'
import { type Load, loadOf, startListening } from './processes.ts'
import { pairsOf, type Row, tellProgress } from './statistics.ts'

const [RUNS, SECONDS, CONNECTIONS] = [7, 2, 32]

/** The Worker with a D1 database in workerd, against a bare one that does one INSERT for each request. */
export async function benchWorker(scratch: string): Promise<Row[]> {
  tellProgress('starting two Workers')
  const start = (which: string) => startListening('./workerServer.ts', [which, join(scratch, which)])
  const servers = [await start('ours'), await start('bare')] as const
  try {
    const [ours, bare] = servers.map(
      ({ url }) =>
        () =>
          loadOf(url, CONNECTIONS, SECONDS),
    ) as [() => Promise<Load>, () => Promise<Load>]
    tellProgress('loading them by turns')
    const pairs = await pairsOf(RUNS, ours, bare)
    return [
      {
        what: `events a second, a Worker with D1, ${CONNECTIONS} connections`,
        against: 'a Worker with one INSERT',
        numbers: pairs.map(([own, other]) => own.perSecond / other.perSecond),
        target: '≥ 0.8',
      },
    ]
  } finally {
    for (const server of servers) await server.end()
  }
}
