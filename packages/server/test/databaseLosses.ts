import { setTimeout } from 'node:timers/promises'
import { dayAt } from '@voicemode-telemetry/protocol'
import pg from 'pg'
import { eventOf } from './events.ts'
import type { PostgresServer } from './postgresServer.ts'
import { startServer } from './serverProcess.ts'

/** How the database goes away in the middle of writing. */
export const LOSSES = [
  'its connections are ended',
  'it is restarted',
  'it is shut down at once',
  'a standby is in its place',
  'it hangs',
] as const
export type Loss = (typeof LOSSES)[number]
/** Without the one that takes the 20 seconds for which a server waits for an answer. */
export const QUICK_LOSSES = LOSSES.filter((loss) => loss !== 'it hangs')

const ACKNOWLEDGED_BETWEEN_LOSSES = 50
const POLL_MS = 10

export interface Outcome {
  acknowledged: number
  /** Acknowledged and not there afterwards. */
  lost: number
  /** How often each other status was answered, and how many of those answers said when to try again. */
  refused: Record<string, number>
  withRetryAfter: number
  /** Requests without any answer. */
  unanswered: number
  /** Null while the server lives. */
  endedWith: number | null
  /** The server's log. */
  log: string
}

/** Takes the database away again and again while writers send events to one server. */
export async function loseDatabase(
  postgres: PostgresServer,
  { losses, writers }: { losses: readonly Loss[]; writers: number },
): Promise<Outcome> {
  const url = await postgres.createDatabase()
  const server = await startServer(url, ['--events-per-address-per-hour', '1000000'])
  const told: Told = { acknowledged: new Set(), refused: {}, withRetryAfter: 0, unanswered: 0 }
  let isOver = false
  const send = createSender(() => (server.process.exitCode === null ? server.url : undefined), told)
  const writing = Array.from({ length: writers }, async () => {
    while (!isOver && server.process.exitCode === null) await send()
  })
  const acknowledgeMore = async () => {
    const enough = told.acknowledged.size + ACKNOWLEDGED_BETWEEN_LOSSES
    while (told.acknowledged.size < enough && server.process.exitCode === null) await send()
  }
  for (const loss of losses) {
    await acknowledgeMore()
    await lose(postgres, url, loss, async () => {
      const before = told.withRetryAfter
      while (told.withRetryAfter === before && server.process.exitCode === null) await setTimeout(POLL_MS)
    })
  }
  // Nobody does anything to the server, and it takes events again.
  await acknowledgeMore()
  isOver = true
  await Promise.all(writing)
  const stored = await storedIds(url)
  const endedWith = server.process.exitCode
  await server.end()
  const { acknowledged, ...counts } = told
  const lost = [...acknowledged].filter((id) => !stored.has(id)).length
  return { ...counts, acknowledged: acknowledged.size, lost, endedWith, log: server.output() }
}

/** What writers have been answered. */
export type Told = Pick<Outcome, 'refused' | 'withRetryAfter' | 'unanswered'> & { acknowledged: Set<string> }

let installations = 0

/**
 * What sends one event of a new installation until it is acknowledged, as a queue would.
 *
 * @param urlNow where the server is; undefined where there will be none any more.
 */
export function createSender(
  urlNow: () => string | undefined | Promise<string>,
  told: Told,
): () => Promise<void> {
  return async () => {
    const event = await eventOf({ installation: ++installations, day: dayAt(Date.now()) })
    for (let url = await urlNow(); url !== undefined; url = await urlNow()) {
      const answer = await fetch(`${url}/v1/events`, {
        method: 'POST',
        body: JSON.stringify(event),
        headers: { 'content-type': 'application/json' },
      }).catch(() => undefined)
      // The status alone acknowledges; a body may be cut off.
      await answer?.text().catch(() => {})
      if (answer?.status === 200) {
        told.acknowledged.add(event.event_id)
        return
      }
      if (!answer) told.unanswered++
      else {
        told.refused[answer.status] = (told.refused[answer.status] ?? 0) + 1
        if (answer.headers.has('retry-after')) told.withRetryAfter++
      }
    }
  }
}

/** @param refused resolves when the server has told somebody to try again later. */
async function lose(
  postgres: PostgresServer,
  url: string,
  loss: Loss,
  refused: () => Promise<void>,
): Promise<void> {
  switch (loss) {
    case 'its connections are ended':
      return withClient(url, async (client) => {
        await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`)
      })
    case 'it is restarted':
      return postgres.restart('fast')
    case 'it is shut down at once':
      return postgres.restart('immediate')
    case 'a standby is in its place': {
      const promote = await postgres.restartAsStandby()
      await refused()
      return promote()
    }
    case 'it hangs': {
      const goOn = await postgres.hang()
      await refused()
      return goOn()
    }
    default:
      throw loss satisfies never
  }
}

async function storedIds(url: string): Promise<Set<string>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query('SELECT event_id FROM events')
    return new Set(rows.map(({ event_id }) => event_id))
  })
}

/** Connects for as long as a connection is used. */
export async function withClient<Value>(url: string, use: (client: pg.Client) => Promise<Value>) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
