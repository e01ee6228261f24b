import { noteEnvironmentNo } from '../consent/environmentNo.ts'
import { readDecision, readEndpoint } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { type Caller, readState } from '../settings/state.ts'
import { noteCaller, recognizeCaller } from './caller.ts'

/** Between two sends in the background. */
const BACKGROUND_INTERVAL_MS = 24 * 60 * 60 * 1000
/** How long a process in the background lives at most. */
export const BACKGROUND_LIFETIME_MS = 15_000

export type BackgroundStart = 'started' | 'not due' | 'withheld' | 'failed'

/** Whether a send in the background may run now: at most one in 24 hours. */
export function isBackgroundDue(host: Host): boolean {
  const sinceLastMs = host.now() - (readState(host).lastBackgroundAt ?? Number.NEGATIVE_INFINITY)
  // A clock that was set back must not silence the sender for good.
  return sinceLastMs >= BACKGROUND_INTERVAL_MS || sinceLastMs < 0
}

/**
 * Starts a send in a process of its own, where a yes stands and one is due. It returns at once; the process outlives its
 * parent by at most {@link BACKGROUND_LIFETIME_MS} and writes to none of its streams.
 *
 * @param caller who VoiceMode is used from; it is remembered. Default: what the environment tells.
 * @returns what it did; it throws nothing.
 */
export function maybeSendInBackground(host: Host, caller: Caller = recognizeCaller(host)): BackgroundStart {
  noteEnvironmentNo(host)
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
