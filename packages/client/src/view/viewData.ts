import { createHash } from 'node:crypto'
import { addDays, type Day, dayAt, daysFromTo, parseEvent } from '@voicemode-telemetry/protocol'
import { readDecision, readEndpoint, readIdentity } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { type HistoryEntry, readHistory } from '../queue/history.ts'
import { whyNotDue } from '../send/due.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { type Preview, previewDays } from '../show/preview.ts'
import { readStatus, type Status } from '../show/status.ts'

/** What the page shows; `data.json`. It holds what events hold, and nothing else of the logs. */
export interface ViewData {
  /** The first day that is shown. */
  from: Day
  /** The last day; it is not over yet. */
  today: Day
  status: Pick<Status, 'state' | 'reason' | 'added_to_notice' | 'queued' | 'endpoint_problem'> & {
    /** The endpoint's host; null where there is none. */
    endpoint_host: string | null
  }
  /** Every day from `from` to `today`. */
  days: ViewDay[]
  /** What was sent, refused or waits, under whatever id, newest first. */
  history: ViewEntry[]
  /** Log lines that could not be used, and log files that were found, around all of these days. */
  skipped_lines: number
  log_files: number
}

type ViewDay = Bytes & { day: Day; unfinished: boolean; identified: boolean } & DayState

/** A body as it is on the wire; all null where there is none. */
interface Bytes {
  body: string | null
  bytes: number | null
  /** SHA-256 of the body, in hex. */
  sha256: string | null
}

/** What was, or would be, done with a day's event. */
type DayState =
  | { state: 'sent' | 'queued' | 'rejected' | 'would be sent' | 'no use' }
  | { state: 'would not be sent'; why: 'no consent' | 'no endpoint' | 'before the yes' | 'too old' }

type ViewEntry = Omit<HistoryEntry, keyof Bytes> & Bytes

/** Reads everything that the page shows, the logs once; writes nothing and sends nothing. @param days before today. */
export async function readView(host: Host, days: number): Promise<ViewData> {
  const today = dayAt(host.now())
  const from = addDays(today, -days)
  const previews = await Array.fromAsync(previewDays(host, daysFromTo(from, today), detectEnvironment(host)))
  const stateOf = createStateOf(host)
  const { state, reason, added_to_notice, queued, endpoint_problem, endpoint } = readStatus(host)
  return {
    from,
    today,
    status: {
      state,
      reason,
      added_to_notice,
      queued,
      endpoint_problem,
      endpoint_host: endpoint && new URL(endpoint).host,
    },
    days: await Promise.all(
      previews.map(async (shown) => ({
        day: shown.day,
        unfinished: shown.unfinished,
        identified: shown.identified,
        ...stateOf(shown),
        ...(shown.place ? await bytesOfFile(shown.body) : bytesOf(shown.body)),
      })),
    ),
    history: await Promise.all(
      readHistory(host, ['queue', 'sent', 'rejected'])
        .toReversed()
        .map(async (entry) => ({ ...entry, ...(await bytesOfFile(entry.body)) })),
    ),
    skipped_lines: Math.max(...previews.map(({ skippedLines }) => skippedLines)),
    log_files: Math.max(...previews.map(({ files }) => files)),
  }
}

/** Tells the state of a day by what stands on the machine now. */
function createStateOf(host: Host): (shown: Preview) => DayState {
  const now = host.now()
  const isGranted = readDecision(host).state === 'granted'
  const hasEndpoint = readEndpoint(host).ok
  // A yes of the environment counts from the first send on, which has not been.
  const since = readIdentity(host)?.since ?? Number.POSITIVE_INFINITY
  return ({ day, body, place }) => {
    if (place) return { state: place === 'queue' ? 'queued' : place }
    const why = whyNotDue(day, now, since)
    if (isGranted && why === 'before the yes') return { state: 'would not be sent', why }
    if (body === undefined) return { state: 'no use' }
    if (!isGranted) return { state: 'would not be sent', why: 'no consent' }
    if (why === 'too old') return { state: 'would not be sent', why }
    if (!hasEndpoint) return { state: 'would not be sent', why: 'no endpoint' }
    return { state: 'would be sent' }
  }
}

/** Of a file its bytes only where they are an event: whatever else bears such a name is not shown. */
async function bytesOfFile(body: string | undefined): Promise<Bytes> {
  return bytesOf(body !== undefined && (await isEvent(body)) ? body : undefined)
}

async function isEvent(body: string): Promise<boolean> {
  try {
    return (await parseEvent(JSON.parse(body))).ok
  } catch {
    return false
  }
}

function bytesOf(body: string | undefined): Bytes {
  if (body === undefined) return { body: null, bytes: null, sha256: null }
  const bytes = Buffer.from(body, 'utf8')
  return { body, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
