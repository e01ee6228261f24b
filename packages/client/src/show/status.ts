import {
  addDays,
  type Day,
  dayAt,
  daysFromTo,
  isAhead,
  MS_PER_DAY,
  startOfDay,
  storedTime,
} from '@voicemode-telemetry/protocol'
import type { Decision } from '../consent/consent.ts'
import { describeAdded } from '../consent/notice.ts'
import {
  isCopy,
  readDecision,
  readEndpoint,
  readIdentity,
  readReceipt,
  readTelemetryId,
  replacedCopy,
} from '../consent/record.ts'
import { isHiddenFromGit } from '../files/gitignore.ts'
import { lockedUntil } from '../files/lock.ts'
import type { Host } from '../host.ts'
import { EXPECTED_PROXY, routeTo, shownProxy } from '../network/proxy.ts'
import { dayIn, listEvents, MAX_QUEUE_AGE_DAYS, PLACES, readEvent, readRefusal } from '../queue/queue.ts'
import type { Refusal } from '../queue/refusal.ts'
import { nextBackgroundAt } from '../send/background.ts'
import { DAY_SETTLES_MS, REPORTED_DAYS, whyNotDue } from '../send/due.ts'
import { checkClock } from '../send/ownClock.ts'
import { serverWaitUntil } from '../send/retryAfter.ts'
import type { Endpoint } from '../settings/endpoint.ts'
import { writesEventLogs } from '../settings/settingsFiles.ts'
import { readState, readStoredState } from '../settings/state.ts'
import { type ForeignFiles, findForeignFiles } from './foreignFiles.ts'
import { inspectLogFolders, type LogFolder } from './logFolders.ts'
import { explainDecision } from './reason.ts'
import { withTilde } from './tilde.ts'

/** Everything about telemetry on this machine. Times are written as ISO 8601 in UTC. */
export interface Status {
  state: Decision['state']
  /** Which rule decided. */
  decided_by: Decision['decidedBy']
  /** The same in words, such as `you said no (in voicemode.env)`. */
  reason: string
  /** How a person can change it; null if only `disable` would. */
  remedy: string | null
  /** What was added to the notice since the yes, in words. Empty unless that paused sending. */
  added_to_notice: string[]
  answered_at: string | null
  answered_by: string | null
  /** The host name of the server that the answered question named; null if it named none. */
  answered_for: string | null
  telemetry_id: string | null
  /** Whether the record here is a copy of another machine's: `found`, or `replaced` once this machine has an id of its own. */
  copy: 'found' | 'replaced' | null
  /** Where the files are that belong to this machine alone, with `~` for the home directory. */
  own_folder: string
  /** Whether `.gitignore` there leaves them out. */
  ignored_by_git: boolean
  /** Our files that another user owns and this one can't use, and what to do; null if there are none. */
  foreign_files: ForeignFiles | null
  /** Where events go; null if `endpoint_problem` says why there is no such place. */
  endpoint: string | null
  endpoint_problem: string | null
  /** The proxy that the next send from here uses, without user and password; null if it uses none. */
  proxy: string | null
  /** What is wrong with the variable that names a proxy; null if nothing is. */
  proxy_problem: string | null
  /** The proxy that the last send used; `none` if it used none. Null if that is the same as from here. */
  other_proxy: string | null
  /** Whether VoiceMode writes the logs from which failures are counted. */
  event_logs: boolean
  /** What VoiceMode's logs are read from, with `~` for the home directory. */
  log_folders: LogFolder[]
  /** Days that are over and have no event yet; a day without use makes none. Empty unless telemetry is on. */
  due_days: Day[]
  /** When a background send last began; null if none ever did, so that nothing is known to start one. */
  last_background_send: string | null
  /** The earliest time of the next background send; null if one may begin now, or while telemetry is off. */
  next_background_send: string | null
  /** Whether this machine's clock has leapt, so that nothing old is deleted or sent until it has gone on for days. */
  clock_not_believed: boolean
  queued: number
  /** Each event in the queue, and when it is deleted unsent at the latest. */
  waiting: { day: Day; dropped_after: string }[]
  /** How many events were deleted unsent so far, because they were too old or the queue was full. */
  dropped_unsent: number
  last_dropped_unsent: string | null
  /** Until when the server asked to wait; null if it didn't, or if that time is over. */
  not_before: string | null
  /** Why the last event that was tried still waits, and what a person can do about it, if anything. */
  last_failure: { at: string; why: string; remedy: string | null } | null
  last_sent: { day: Day; on: Day } | null
  /** The next day that is reported, and the earliest time for it; null while nothing is sent. */
  next_report: { day: Day; after: string } | null
  /** What keeps a send from running now, and until when at the least; null if nothing does. */
  held_up: { why: string; until: string } | null
  /** Times in our own files that lie ahead of the clock by more than a day and so count as now: what they say they are, and when. */
  times_ahead: { what: string; at: string }[]
  last_refused: { day: Day; reason: Refusal | null } | null
}

/** Reads the status. It writes nothing. */
export function readStatus(host: Host): Status {
  const decision = readDecision(host)
  const endpoint = readEndpoint(host)
  const receipt = readReceipt(host)
  const lastSent = listEvents(host, 'sent').at(-1)
  const lastRefused = listEvents(host, 'rejected').at(-1)
  const waiting = listEvents(host, 'queue')
  const { lastBackgroundAt, droppedUnsent = 0, lastDroppedAt } = readState(host)
  const nextBackground = nextBackgroundAt(host)
  const isOn = decision.state === 'granted'
  const reported = reportedDays(host)
  const held = isOn && endpoint.ok ? whatHoldsUp(host, reported) : undefined
  return {
    state: decision.state,
    decided_by: decision.decidedBy,
    ...explainDecision(host, decision),
    added_to_notice: describeAdded(decision.added),
    answered_at: receipt?.decided_at ?? null,
    answered_by: receipt?.channel ?? null,
    answered_for: receipt?.recipient || null,
    telemetry_id: isOn ? (readTelemetryId(host) ?? null) : null,
    copy: copyOf(host),
    own_folder: withTilde(host, host.directories.ownBase),
    ignored_by_git: isHiddenFromGit(host.directories.ownBase),
    foreign_files: findForeignFiles(host),
    endpoint: endpoint.ok ? endpoint.events : null,
    endpoint_problem: endpoint.ok ? null : endpoint.expected,
    ...proxyOf(host, endpoint),
    event_logs: writesEventLogs(host),
    log_folders: inspectLogFolders(host.directories).map((folder) => ({
      ...folder,
      path: withTilde(host, folder.path),
    })),
    due_days: isOn ? dueDaysOf(host, reported) : [],
    last_background_send: timeOf(lastBackgroundAt && storedTime(lastBackgroundAt, host.now())),
    next_background_send: isOn && nextBackground > host.now() ? timeOf(nextBackground) : null,
    clock_not_believed: isOn && checkClock(host).outcome === 'doubted',
    queued: waiting.length,
    waiting: waiting.map((file) => ({
      day: dayIn(file),
      dropped_after: new Date(file.at + MAX_QUEUE_AGE_DAYS * MS_PER_DAY).toISOString(),
    })),
    dropped_unsent: droppedUnsent,
    last_dropped_unsent: timeOf(lastDroppedAt),
    not_before: timeOf(serverWaitUntil(host)),
    last_failure: readLastFailure(host),
    last_sent: lastSent ? { day: dayIn(lastSent), on: dayAt(lastSent.at) } : null,
    next_report: isOn && endpoint.ok ? nextReport(host, reported, held?.until) : null,
    held_up: held ? { why: held.why, until: new Date(held.until).toISOString() } : null,
    times_ahead: timesAhead(host),
    last_refused: lastRefused ? { day: dayIn(lastRefused), reason: readRefusal(lastRefused) ?? null } : null,
  }
}

function copyOf(host: Host): Status['copy'] {
  if (isCopy(host)) return 'found'
  return replacedCopy(host) ? 'replaced' : null
}

/** A proxy as it is remembered. */
const PROXY = /^https?:\/\/[\w.:[\]-]+$/

function proxyOf(host: Host, endpoint: Endpoint): Pick<Status, 'proxy' | 'proxy_problem' | 'other_proxy'> {
  const route = endpoint.ok ? routeTo(host.env, endpoint.events) : undefined
  const proxy = (route && shownProxy(route)) ?? null
  const { lastProxy = proxy } = readState(host)
  // Somebody may have changed the file.
  const last = lastProxy === null || PROXY.test(lastProxy) ? lastProxy : proxy
  return {
    proxy,
    proxy_problem: route?.way === 'unusable proxy' ? `${route.variable} ${EXPECTED_PROXY}` : null,
    other_proxy: last === proxy ? null : (last ?? 'none'),
  }
}

function readLastFailure(host: Host): Status['last_failure'] {
  const { lastFailure } = readState(host)
  if (!lastFailure || listEvents(host, 'queue').length === 0) return null
  const { why, remedy = null } = lastFailure
  const at = timeOf(lastFailure.at)
  // Somebody may have changed the file.
  return at === null ? null : { at, why, remedy }
}

/** What keeps a send from running now; of several, what lasts longest. */
function whatHoldsUp(host: Host, { since }: Reported): { why: string; until: number } | undefined {
  const now = host.now()
  const found: [why: string, until: number | undefined][] = [
    ['another send is running', lockedUntil(host.directories.ownBase)],
    ['the server asked to wait', serverWaitUntil(host)],
    ["the time of your yes lies ahead of this machine's clock", since],
  ]
  return found
    .map(([why, until = now]) => ({ why, until }))
    .filter(({ until }) => until > now)
    .sort((a, b) => b.until - a.until)[0]
}

/** The first day that is not over, has no event yet and is not from before the yes. */
function nextReport(
  host: Host,
  { since, made }: Reported,
  heldUntil = 0,
): NonNullable<Status['next_report']> {
  let day = dayAt(Math.max(host.now() - DAY_SETTLES_MS, since))
  while (made.has(day)) day = addDays(day, 1)
  const over = startOfDay(addDays(day, 1)) + DAY_SETTLES_MS
  return { day, after: new Date(Math.max(over, heldUntil)).toISOString().replace('.000', '') }
}

interface Reported {
  /** Since when days are reported, in milliseconds since 1970. */
  since: number
  /** The days that have an event already. */
  made: ReadonlySet<Day>
}

function reportedDays(host: Host): Reported {
  // A yes in the environment has no id before the first send, and counts from then on.
  const { since, telemetryId } = readIdentity(host) ?? { since: host.now(), telemetryId: undefined }
  const isOwn = (path: string) => telemetryId !== undefined && readEvent(path)?.includes(telemetryId)
  const made = new Set(
    PLACES.flatMap((place) =>
      listEvents(host, place)
        .filter(({ path }) => isOwn(path))
        .map(dayIn),
    ),
  )
  return { since, made }
}

function dueDaysOf(host: Host, { since, made }: Reported): Day[] {
  const now = host.now()
  return daysFromTo(addDays(dayAt(now), -REPORTED_DAYS), dayAt(now)).filter(
    (day) => !whyNotDue(day, now, since) && !made.has(day),
  )
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined || Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString()
}

function timesAhead(host: Host): Status['times_ahead'] {
  const now = host.now()
  const { notBefore, lastFailure, retryAt, lastBackgroundAt, lastDroppedAt, clock, environmentNo } =
    readStoredState(host)
  const answers = readReceipt(host)?.ahead_of_clock?.map(Date.parse) ?? []
  const files = PLACES.flatMap((place) => listEvents(host, place).map(({ stampedAt }) => stampedAt))
  const found: [what: string, at: number | undefined][] = [
    ...answers.map((at): [string, number] => ['your answer', at]),
    ['the wait that the server asked for', notBefore],
    ['the last failure', lastFailure?.at],
    ['the next try', retryAt],
    ['the last background send', lastBackgroundAt],
    ['the last event that was deleted unsent', lastDroppedAt],
    ['the last send', clock?.believedAt],
    ['the remembered no', environmentNo?.at],
    ...files.map((at): [string, number] => ['an event in the queue or the history', at]),
  ]
  return found.flatMap(([what, at = 0]) => (isAhead(at, now) ? { what, at: timeOf(at) ?? 'unknown' } : []))
}
