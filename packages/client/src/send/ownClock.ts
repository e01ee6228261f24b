import {
  addDays,
  type ClockVerdict,
  dayAt,
  isAhead,
  judgeClock,
  MAX_LEAP_DAYS,
} from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { listEvents, PLACES } from '../queue/queue.ts'
import { readState, updateState } from '../settings/state.ts'

/**
 * Whether this machine's clock is believed, by the last send and by what was queued, sent and refused before. If what was last believed
 * lies ahead, the clock was set back, and it must go on like one that has leapt. Other times that lie ahead say nothing about it.
 */
export function checkClock(host: Host): ClockVerdict {
  const now = host.now()
  const { clock } = readState(host)
  const stamps = PLACES.flatMap((place) => listEvents(host, place).map(({ stampedAt }) => stampedAt))
  const believedAt = clock?.believedAt || Math.max(0, ...stamps)
  const newest = Math.max(believedAt, ...stamps.filter((at) => !isAhead(at, now)))
  return judgeClock({
    now,
    newestKnown: isAhead(believedAt, now)
      ? addDays(dayAt(now), -MAX_LEAP_DAYS - 1)
      : newest > 0
        ? dayAt(newest)
        : undefined,
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
