import { createHash } from 'node:crypto'
import { addDays, dayAt, daysFromTo } from '@voicemode-telemetry/protocol'
import type { Bytes, ViewData, ViewDay, ViewQuestion } from '@voicemode-telemetry/protocol/wire/viewer'
import { readDecision, readEndpoint, readIdentity } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { readHistory } from '../queue/history.ts'
import { whyNotDue } from '../send/due.ts'
import { detectEnvironment } from '../settings/detectEnvironment.ts'
import { type Preview, previewDays } from '../show/preview.ts'
import { readStatus } from '../show/status.ts'

/** What was, or would be, done with a day's event. */
type DayState = Pick<ViewDay, 'state' | 'why'>

/**
 * Reads everything that the page shows. It writes and sends nothing.
 *
 * @param days how many days before today.
 * @param question what the page asks. Default: nothing.
 */
export async function readView(host: Host, days: number, question?: ViewQuestion): Promise<ViewData> {
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
    question: question ?? null,
    days: await Promise.all(
      previews.map(async (shown) => ({
        day: shown.day,
        unfinished: shown.unfinished,
        identified: shown.since !== undefined,
        ...stateOf(shown),
        ...bytesOf(shown.body),
      })),
    ),
    history: (await readHistory(host, ['queue', 'sent', 'rejected']))
      .toReversed()
      .map((entry) => ({ ...entry, ...bytesOf(entry.body || undefined) })),
    skipped_lines: Math.max(...previews.map(({ skippedLines }) => skippedLines)),
    log_files: Math.max(...previews.map(({ files }) => files)),
  }
}

/** Prepares to judge each day by what is on the machine now. */
function createStateOf(host: Host): (shown: Preview) => DayState {
  const now = host.now()
  const isGranted = readDecision(host).state === 'granted'
  const hasEndpoint = readEndpoint(host).ok
  // A yes in the environment counts from the first send on, and there has been none yet.
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

function bytesOf(body: string | undefined): Bytes {
  if (body === undefined) return { body: null, bytes: null, sha256: null }
  const bytes = Buffer.from(body, 'utf8')
  return { body, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
