import { readDecision } from '../consent/record.ts'
import type { Host, Sighting } from '../host.ts'

/** What was run, and what it was seen to open; null if it could not be watched. */
interface WatchedRun {
  ran: string
  seen: Sighting | null
}

/**
 * Whether programs of this project were seen to open anything. `telemetry is on`: nothing was run, since they may. `blind`: a program could
 * not be watched, or the watch did not see what it must.
 */
export interface Proof {
  outcome: 'nothing seen' | 'something seen' | 'blind' | 'telemetry is on'
  /** A program that opens one of each, so that the watch is seen to see; null if nothing was run. */
  control: WatchedRun | null
  runs: WatchedRun[]
}

/** What must connect to nothing unless there is a yes. None of these changes anything then. */
const OFFLINE_COMMANDS = [
  'send --background',
  'send --detached',
  'send',
  'ask',
  'status',
  'preview',
  'history',
  'notice',
] as const

/** Runs each command and the library in processes that are watched. With a yes it runs nothing. */
export async function proveOff(host: Host): Promise<Proof> {
  if (readDecision(host).state === 'granted') return { outcome: 'telemetry is on', control: null, runs: [] }
  const control = { ran: 'a control that opens one of each', seen: await host.runWatched('control') }
  const runs: WatchedRun[] = [{ ran: 'the library in a program', seen: await host.runWatched('library') }]
  for (const command of OFFLINE_COMMANDS) {
    runs.push({
      ran: `voicemode-telemetry ${command}`,
      seen: await host.runWatched('main', command.split(' ')),
    })
  }
  return { outcome: outcomeOf(control, runs), control, runs }
}

function outcomeOf(control: WatchedRun, runs: readonly WatchedRun[]): Proof['outcome'] {
  const sightings = runs.flatMap(({ seen }) => seen ?? [])
  if (sightings.some((seen) => countsOf(seen).some((count) => count > 0))) return 'something seen'
  const seesAll = control.seen !== null && countsOf(control.seen).every((count) => count > 0)
  return seesAll && sightings.length === runs.length ? 'nothing seen' : 'blind'
}

/** Sockets, lookups and processes, in this order. */
export function countsOf({ sockets, lookups, processes }: Sighting): number[] {
  return [sockets, lookups, processes]
}
