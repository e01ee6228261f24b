import { addDays, type Day, startOfDay } from '@voicemode-telemetry/protocol'
import { assembleCalls } from './call.ts'
import { DatedLogs } from './datedLogs.ts'
import { type DayLogs, type DayRecord, isWithin, recordDay } from './day.ts'
import { EventLines, type KnownLine, readEventLine } from './eventLine.ts'
import { type Exchange, readExchange } from './exchange.ts'
import type { Lines } from './lines.ts'
import type { Timed } from './logFile.ts'
import { SESSION_GAP_US, type Session, sessionsOf, sessionsOfCalls } from './session.ts'

/** How far lines of several processes can be out of order, in microseconds. */
const DISORDER_US = 60 * 1_000_000

/** The longest that a call can last, in microseconds: a machine may sleep in the middle of one. */
const CALL_REACH_US = 24 * 60 * 60 * 1_000_000

/** Where VoiceMode writes its logs. Folders may be missing. */
export interface LogFolders {
  conversations: string
  /** Where releases up to 2.16 wrote them. */
  olderConversations: string
  events: string
}

export interface ReadOptions {
  /** The present, in milliseconds since 1970. */
  now: number
  /** Only what came after this instant counts, in milliseconds since 1970. Default: everything. */
  since?: number | undefined
  /** Told how many days have been read. */
  onProgress?: ((done: number, total: number) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface DayReading extends DayRecord {
  /** Log files around the day, of both kinds. */
  files: number
  /** How many of their lines were skipped, because they were not a JSON object, lacked something or were too long. */
  skippedLines: number
  /** Whether any of the files could not be read to its end, so that the day may be counted too low. */
  unreadable: boolean
}

/**
 * Reads the logs of some days. For days in a row each file is read once.
 *
 * @param days oldest first.
 * @throws the signal's reason when it is aborted. What can't be read is not counted, and its days say so.
 */
export async function* readDays(
  folders: LogFolders,
  days: readonly Day[],
  { now, since, onProgress, signal }: ReadOptions,
): AsyncGenerator<DayReading> {
  const logs: Logs = {
    conversations: new DatedLogs(
      [folders.olderConversations, folders.conversations],
      'exchanges_',
      readExchange,
      () => [],
      signal,
    ),
    events: new DatedLogs(
      [folders.events],
      'voicemode_events_',
      readEventLine,
      () => new EventLines(),
      signal,
    ),
  }
  for (const [done, day] of days.entries()) {
    const record = recordDay(day, await gatherDay(logs, day), {
      now: now * 1000,
      since: since && since * 1000,
    })
    const [conversations, events] = [logs.conversations.found, logs.events.found]
    onProgress?.(done + 1, days.length)
    yield {
      ...record,
      files: conversations.files + events.files,
      skippedLines: conversations.skippedLines + events.skippedLines,
      unreadable: conversations.unreadable || events.unreadable,
    }
    logs.conversations.forgetBefore(day)
    logs.events.forgetBefore(day)
  }
}

interface Logs {
  conversations: DatedLogs<Exchange>
  events: DatedLogs<KnownLine>
}

/** The lines, sessions and calls of a day. A session or a call may begin in an earlier file. */
async function gatherDay(logs: Logs, day: Day): Promise<DayLogs> {
  const start = startOfDay(day) * 1000
  const until = startOfDay(addDays(day, 1)) * 1000 + SESSION_GAP_US
  const isOfDay = isWithin(day)
  const begun = (sessions: Session[]) =>
    sessions.filter(({ last }) => isOfDay(last)).map(({ first }) => first)

  const spoken = await readBack(logs.conversations, day, { start, until }, (lines) => {
    const exchanges: Exchange[] = []
    lines.forEach((exchange) => {
      exchanges.push(exchange)
    })
    const sessions = sessionsOf(exchanges)
    return { exchanges, sessions, needed: begun(sessions).map((first) => first - SESSION_GAP_US) }
  })
  const hasExchanges = spoken.exchanges.some(({ at }) => isOfDay(at))
  const from = least(start, begun(spoken.sessions))
  const done = await readBack(logs.events, day, { start: from, until }, (events) => {
    const { ended, strays } = assembleCalls(events)
    const sessions = hasExchanges ? [] : sessionsOfCalls(ended)
    const strayed = strays.filter((at) => at >= from).map((at) => at - CALL_REACH_US)
    return {
      calls: ended,
      sessions,
      needed: [...strayed, ...begun(sessions).map((first) => first - SESSION_GAP_US)],
    }
  })
  return {
    exchanges: spoken.exchanges,
    sessions: hasExchanges ? spoken.sessions : done.sessions,
    events: done.lines,
    calls: done.calls,
  }
}

/**
 * Reads the files that can contain lines of a day: the file of the day, the next one, and the ones before as far as they matter.
 * A file has the local date, so a UTC day can spread over three files.
 *
 * @param span the first and the last instant that matter, in microseconds since 1970.
 * @param make makes sessions or calls from the lines read so far, and says from which instants on more lines are needed.
 */
async function readBack<Line extends Timed, Made extends { needed: number[] }>(
  logs: DatedLogs<Line>,
  day: Day,
  { start, until }: { start: number; until: number },
  make: (lines: Lines<Line>) => Made,
): Promise<Made & { lines: Lines<Line> }> {
  const last = addDays(day, 1)
  for (const date of [day, last]) await logs.readUntil(date, until + DISORDER_US)
  for (let [first, from] = [day, start - DISORDER_US]; ; ) {
    for (let date = addDays(day, -1); await logs.readBackTo(date, from); date = addDays(date, -1))
      first = date
    const lines = logs.lines(first, last, { from, until: until + DISORDER_US })
    const made = make(lines)
    const needed = least(start, made.needed) - DISORDER_US
    if (needed >= from) return { ...made, lines }
    from = needed
  }
}

function least(start: number, others: readonly number[]): number {
  return others.reduce((smallest, other) => Math.min(smallest, other), start)
}
