import { type ClockVerdict, dayAt, judgeClock } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { listEvents, PLACES } from '../queue/queue.ts'
import { readState, updateState } from '../settings/state.ts'

/** Whether this machine's clock is believed, by the last send and by what was queued, sent and refused before. */
export function checkClock(host: Host): ClockVerdict {
  const { clock } = readState(host)
  const times = [
    clock?.believedAt ?? 0,
    ...PLACES.flatMap((place) => listEvents(host, place).map(({ at }) => at)),
  ]
  const newest = Math.max(...times)
  return judgeClock({
    now: host.now(),
    newestKnown: newest > 0 ? dayAt(newest) : undefined,
    doubt: clock?.doubt,
  })
}

/** Remembers what came of a check. */
export function noteClock(host: Host, verdict: ClockVerdict): void {
  const { clock } = readState(host)
  updateState(host, {
    clock:
      verdict.outcome === 'believed'
        ? { believedAt: verdict.now }
        : { believedAt: clock?.believedAt ?? 0, doubt: verdict.doubt },
  })
}
