import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { failuresOf } from '../failure.ts'
import type { Host } from '../host.ts'
import type { Store } from '../store/store.ts'
import { aggregateNews } from './aggregate.ts'

/** Up to so many raw events are counted within some tens of milliseconds. */
export const FEW_EVENTS = 20_000
/** After counting in the background it rests for so many times as long as that took. */
const REST_FACTOR = 20

export interface RefreshOptions {
  store: Store
  host: Pick<Host, 'now' | 'log'>
  retentionDays: number
  /** Whether work may go on when a request is answered, and what is remembered lasts until the next. */
  inBackground: boolean
}

/**
 * Makes the function that brings the counts up to date before a chart is answered. Where there are at most
 * {@link FEW_EVENTS}, or nothing goes on in the background, it waits until every event that was acknowledged is counted, and
 * rejects where the store cannot do it. Otherwise it starts counting now and then, and resolves at once: a chart is then
 * older by up to 21 times what counting takes. What fails meanwhile is logged, and made good by the next.
 */
export function createRefresh({
  store,
  host,
  retentionDays,
  inBackground,
}: RefreshOptions): () => Promise<void> {
  const refresh = oneAtATime(() => aggregateNews(store, retentionDays, host.log))
  let restsUntil = 0

  function refreshBehind(): void {
    const begunAt = host.now()
    if (begunAt < restsUntil) return
    restsUntil = Number.POSITIVE_INFINITY
    refresh()
      .catch((error) => {
        for (const failure of failuresOf(error)) {
          host.log({ level: 'error', event: 'refresh-failed', ...failure })
        }
      })
      .finally(() => {
        restsUntil = host.now() + REST_FACTOR * (host.now() - begunAt)
      })
  }

  return async () => {
    if (!inBackground || (await hasFewEvents(store, host.now()))) await refresh()
    else refreshBehind()
  }
}

/** A day's version is at least the number of its events. */
async function hasFewEvents(store: Store, now: number): Promise<boolean> {
  const days = await store.rawDaysBefore(addDays(dayAt(now), 2))
  return days.reduce((sum, { version }) => sum + version, 0) <= FEW_EVENTS
}

/**
 * Lets one run at a time; whoever asks while one is under way shares the next, so that what he gets was begun after he
 * asked.
 */
function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return run()
      })
    running = next
    return next
  }
}
