import { addDays, type Day, startOfDay } from '@voicemode-telemetry/protocol'
import { assembleCalls } from './call.ts'
import { DatedLogs } from './datedLogs.ts'
import { type DayLogs, type DayRecord, isWithin, recordDay } from './day.ts'
import { type EventLine, parseEventLine } from './eventLine.ts'
import { type Exchange, parseExchange } from './exchange.ts'
import { SESSION_GAP_US, type Session, sessionsOf, sessionsOfCalls } from './session.ts'

/** Lines of several processes are out of order by no more than this, in microseconds. */
const DISORDER_US = 60 * 1_000_000

/** How far before its end a call can have begun, in microseconds; real ones last minutes. */
const CALL_REACH_US = 60 * 60 * 1_000_000

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
  /** Lines in them that were no JSON object, lacked what counting needs, or were too long. */
  skippedLines: number
  /** Whether any of the files could not be read, so that nothing in it is counted. */
  unreadable: boolean
}

/**
 * Counts the logs of some days, each from the files that can hold it.
 *
 * @param days oldest first; a file is read once for days next to each other.
 * @throws the signal's reason once it is aborted. A folder or file that can't be read counts as empty.
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
      parseExchange,
      signal,
    ),
    events: new DatedLogs([folders.events], 'voicemode_events_', parseEventLine, signal),
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
  events: DatedLogs<EventLine>
}

/** What tells of a day: its lines, those of its sessions as far back as they reach, and those of its calls. */
async function gatherDay(logs: Logs, day: Day): Promise<DayLogs> {
  const start = startOfDay(day) * 1000
  const until = startOfDay(addDays(day, 1)) * 1000 + SESSION_GAP_US
  const isOfDay = isWithin(day)
  const begun = (sessions: Session[]) =>
    sessions.filter(({ last }) => isOfDay(last)).map(({ first }) => first)

  const spoken = await readBack(logs.conversations, day, { start, until }, (exchanges) => {
    const sessions = sessionsOf(exchanges)
    return { sessions, needed: begun(sessions).map((first) => first - SESSION_GAP_US) }
  })
  const hasExchanges = spoken.lines.some(({ at }) => isOfDay(at))
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
    exchanges: spoken.lines,
    sessions: hasExchanges ? spoken.sessions : done.sessions,
    events: done.lines,
    calls: done.calls,
  }
}

/**
 * Reads the files that can hold a day, and those before from their ends, as long as these still matter.
 *
 * A file's date is local, so a UTC day spreads over its own and those beside it.
 *
 * @param span the instants that matter, in microseconds since 1970.
 * @param make what the lines read so far make, and the instants back to which they ask for more.
 */
async function readBack<Line extends { at: number }, Made extends { needed: number[] }>(
  logs: DatedLogs<Line>,
  day: Day,
  { start, until }: { start: number; until: number },
  make: (lines: Line[]) => Made,
): Promise<Made & { lines: Line[] }> {
  const last = addDays(day, 1)
  for (const date of [day, last]) await logs.readUntil(date, until + DISORDER_US)
  for (let [first, from] = [day, Number.POSITIVE_INFINITY]; ; ) {
    const lines = [...logs.lines(first, last)]
    const made = make(lines)
    const needed = least(start, made.needed) - DISORDER_US
    if (needed >= from) return { ...made, lines }
    from = needed
    for (let date = addDays(day, -1); await logs.readBackTo(date, from); date = addDays(date, -1))
      first = date
  }
}

function least(start: number, others: readonly number[]): number {
  return others.reduce((smallest, other) => Math.min(smallest, other), start)
}
