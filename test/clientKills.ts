import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import {
  addDays,
  type Day,
  dayAt,
  daysFromTo,
  dayTimestamp,
  deriveEventId,
  parseEvent,
} from '@voicemode-telemetry/protocol'
import { ensureIdentity } from '../packages/client/src/consent/writeRecord.ts'
import { enqueue, listEvents, readEvent } from '../packages/client/src/queue/queue.ts'
import { start } from '../packages/client/test/commandLine.ts'
import { grantedHome } from '../packages/client/test/homes.ts'
import type { Home } from '../packages/client/test/logs.ts'
import { eventOf } from '../packages/server/test/events.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'
import type { Random } from '../scripts/scenes/random.ts'

/** A kill comes at most so long after the sender was started, in milliseconds. */
const KILLED_WITHIN_MS = 1200
const KILLS_OF_ONE_HOME = 5
/** Days before today: of some there are logs, and the events of others wait in the queue. */
const LOGGED_DAYS: DayRange = [-6, -2]
const QUEUED_DAYS: DayRange = [-80, -8]
type DayRange = [first: number, last: number]
const NO_LIMITS = ['--events-per-address-per-hour', '1000000', '--events-per-id-per-hour', '1000000']

export interface KilledClient {
  /** Events that were sent in the end. */
  sent: number
  /** How often a kill left some events sent and others waiting. */
  inTheMiddle: number
  /** What was found wrong; empty where all held. */
  wrong: string[]
}

/**
 * Kills processes of `voicemode-telemetry send` at random instants while they send many days to a real server, sometimes two at once,
 * and sometimes two that both take the lock for theirs. After each kill, every event is in the queue or in the history, and what is in
 * the history is stored. After a last send that nobody disturbs, every day is in the history and stored, once and byte for byte.
 */
export async function killClient(
  kills: number,
  random: Random,
  onKill?: (killed: number) => void,
): Promise<KilledClient> {
  const folder = mkdtempSync(join(tmpdir(), 'kills-'))
  const database = join(folder, 'server.db')
  const server = await startServer(database, NO_LIMITS)
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: server.url }
  const result: KilledClient = { sent: 0, inTheMiddle: 0, wrong: [] }
  let killed = 0
  while (killed < kills) {
    using home = await grantedHome(daysAgo(LOGGED_DAYS))
    const { telemetryId: id = '' } = (await ensureIdentity(home.host())) ?? {}
    for (const day of daysAgo(QUEUED_DAYS)) {
      const parsed = await parseEvent(await eventOf({ installation: id, day }))
      if (parsed.ok) enqueue(home.host(), parsed.event)
    }
    const queued = listEvents(home.host(), 'queue').map(({ eventId }) => eventId)
    for (let n = 0; n < KILLS_OF_ONE_HOME && killed < kills; ) {
      const dead = await disturb(home, env, random)
      result.wrong.push(...complaintsAbout(home, database, queued))
      const [waiting, sent] = (['queue', 'sent'] as const).map((at) => listEvents(home.host(), at).length)
      if (waiting && sent) result.inTheMiddle++
      for (let one = 0; one < dead; one++) onKill?.(++killed)
      n += Math.max(1, dead)
    }
    const { code, stdout } = await start(home, ['send'], env).finished
    if (code !== 0) result.wrong.push(`the last send failed: ${stdout}`)
    const due = daysAgo(LOGGED_DAYS).map((day) => deriveEventId(id, dayTimestamp(day)))
    const all = [...queued, ...(await Promise.all(due))]
    result.wrong.push(...complaintsAbout(home, database, all), ...complaintsAboutEnd(home, database, id, all))
    result.sent += all.length
  }
  await server.end()
  rmSync(folder, { recursive: true })
  return result
}

function daysAgo([first, last]: DayRange): Day[] {
  const today = dayAt(Date.now())
  return daysFromTo(addDays(today, first), addDays(today, last))
}

/** Starts one sender or two and kills them. @returns how many were killed before they ended by themselves. */
async function disturb(home: Home, env: Record<string, string>, random: Random): Promise<number> {
  const senders = Array.from({ length: random.whole(1, 2) }, () => random.next() * KILLED_WITHIN_MS)
  const endings = senders.map(async (killedAfterMs) => {
    const { child, finished } = start(home, ['send'], env)
    await setTimeout(killedAfterMs)
    child.kill('SIGKILL')
    return (await finished).code === null
  })
  if (random.chance(0.5)) {
    await setTimeout(random.next() * KILLED_WITHIN_MS)
    ageLock(home)
  }
  const dead = (await Promise.all(endings)).filter((isKilled) => isKilled).length
  ageLock(home)
  return dead
}

/** Makes the lock look as that of a process that ended long ago. */
function ageLock(home: Home): void {
  const longAgo = Date.now() / 1000 - 60
  try {
    utimesSync(join(home.base, 'telemetry.lock'), longAgo, longAgo)
  } catch {}
}

/** Each of these events is on the machine, and what the history calls sent is stored. */
function complaintsAbout(home: Home, database: string, eventIds: readonly string[]): string[] {
  const idsIn = (place: 'queue' | 'sent') =>
    new Set(listEvents(home.host(), place).map(({ eventId }) => eventId))
  const [queue, sent] = [idsIn('queue'), idsIn('sent')]
  const stored = new Set(rowsIn(database).map(({ event_id }) => event_id))
  return [
    ...eventIds.filter((id) => !queue.has(id) && !sent.has(id)).map((id) => `${id} is lost`),
    ...[...sent].filter((id) => !stored.has(id)).map((id) => `${id} is called sent and not stored`),
  ]
}

/** Nothing waits, nothing was refused, and exactly these events are in the history and stored. */
function complaintsAboutEnd(home: Home, database: string, telemetryId: string, eventIds: string[]): string[] {
  const host = home.host()
  const waiting = [...listEvents(host, 'queue'), ...listEvents(host, 'rejected')]
  const history = listEvents(host, 'sent').map((file) => `${file.eventId} ${readEvent(file.path)}`)
  const rows = rowsIn(database).filter((row) => row.telemetry_id === telemetryId)
  const stored = rows.map(({ event_id, body }) => `${event_id} ${body}`)
  const isSame = history.sort().join('\n') === stored.sort().join('\n')
  return [
    ...waiting.map(({ eventId }) => `${eventId} was not sent`),
    ...(rows.length === eventIds.length ? [] : [`${eventIds.length} days are ${rows.length} rows`]),
    ...(isSame ? [] : ['the history and what is stored differ']),
  ]
}

function rowsIn(path: string) {
  const database = new DatabaseSync(path)
  const rows = database.prepare('SELECT event_id, telemetry_id, body FROM events').all()
  database.close()
  return rows as { event_id: string; telemetry_id: string; body: string }[]
}
