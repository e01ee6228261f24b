import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import { correctTimes, readDecision, readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { type Caller, readState } from '../settings/state.ts'
import { noteCaller, recognizeCaller } from './caller.ts'

/** The time between two background sends. */
const BACKGROUND_INTERVAL_MS = 24 * 60 * 60 * 1000
/** How long a background process lives at most. */
export const BACKGROUND_LIFETIME_MS = 15_000

export type BackgroundStart = 'started' | 'not due' | 'withheld' | 'failed'

/** Whether a background send may run now: at most one in 24 hours. */
export function isBackgroundDue(host: Host): boolean {
  const sinceLastMs = host.now() - (readState(host).lastBackgroundAt ?? Number.NEGATIVE_INFINITY)
  // If the clock was set back, the sender must not stay silent until it catches up.
  return sinceLastMs >= BACKGROUND_INTERVAL_MS || sinceLastMs < 0
}

/**
 * Starts a send in a separate process, if there is a yes and a send is due. It returns at once and throws nothing. The process
 * lives for at most {@link BACKGROUND_LIFETIME_MS} and does not write to its parent's streams.
 *
 * @param caller who VoiceMode is used from, which is remembered. Default: the assistant that the environment shows.
 */
export function maybeSendInBackground(host: Host, caller: Caller = recognizeCaller(host)): BackgroundStart {
  noteEnvironmentNo(host)
  correctTimes(host)
  try {
    if (readDecision(host).state !== 'granted') return 'withheld'
    noteCaller(host, caller)
    if (!readEndpoint(host).ok) return 'withheld'
    if (!isBackgroundDue(host)) return 'not due'
    return host.startDetached(['send', '--detached']) ? 'started' : 'failed'
  } catch {
    return 'failed'
  }
}
