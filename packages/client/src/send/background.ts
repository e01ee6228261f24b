import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import { correctTimes, readDecision, readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { listEvents } from '../queue/queue.ts'
import { type Caller, readState } from '../settings/state.ts'
import { drawBelow } from './backoff.ts'
import { noteCaller, recognizeCaller } from './caller.ts'
import { DAY_SETTLES_MS } from './due.ts'
import { serverWaitUntil } from './retryAfter.ts'

/** How long a background process lives at most. */
export const BACKGROUND_LIFETIME_MS = 15_000

export type BackgroundStart = 'started' | 'not due' | 'withheld' | 'failed'

/** Whether a background send may run now: once a day, and again only while events wait, when the server said or after a backoff. */
export function isBackgroundDue(host: Host): boolean {
  return nextBackgroundAt(host) <= host.now()
}

/** The earliest time of the next background send, in milliseconds since 1970; long ago if none has been yet. */
export function nextBackgroundAt(host: Host): number {
  return Math.max(nextTurn(host), serverWaitUntil(host) ?? 0)
}

function nextTurn(host: Host): number {
  const { lastBackgroundAt, timeOfDayMs, retryAt } = readState(host)
  // If the clock was set back, the sender must not stay silent until it catches up.
  if (lastBackgroundAt === undefined || timeOfDayMs === undefined || lastBackgroundAt > host.now()) return 0
  const daily = nextAtTimeOfDay(timeOfDayMs, lastBackgroundAt)
  return retryAt !== undefined && listEvents(host, 'queue').length > 0 ? Math.min(daily, retryAt) : daily
}

/** The first time after another one that is at a time of day. All in milliseconds. */
export function nextAtTimeOfDay(timeOfDayMs: number, afterMs: number): number {
  return afterMs - ((afterMs - timeOfDayMs) % MS_PER_DAY) + MS_PER_DAY
}

/**
 * Draws the time of day from which a machine sends, in milliseconds after midnight UTC, so that those who are started at the same
 * minute everywhere don't send at the same minute. It is drawn from nothing that the server could know, and the day before is
 * over by then.
 */
export function drawTimeOfDayMs(host: Pick<Host, 'randomBytes'>): number {
  return DAY_SETTLES_MS + drawBelow(host, MS_PER_DAY - DAY_SETTLES_MS)
}

/**
 * Starts a send in a separate process, if there is a yes and a send is due. It returns at once and throws nothing. The process
 * lives for at most {@link BACKGROUND_LIFETIME_MS} and does not write to its parent's streams.
 *
 * @param caller who VoiceMode is used from, which is remembered. Default: the assistant that the environment shows.
 */
export function maybeSendInBackground(host: Host, caller?: Caller): BackgroundStart {
  noteEnvironmentNo(host)
  correctTimes(host)
  try {
    if (readDecision(host).state !== 'granted') return 'withheld'
    noteCaller(host, caller ?? recognizeCaller(host))
    if (!readEndpoint(host).ok) return 'withheld'
    if (!isBackgroundDue(host)) return 'not due'
    return host.startDetached(['send', '--detached']) ? 'started' : 'failed'
  } catch {
    return 'failed'
  }
}
