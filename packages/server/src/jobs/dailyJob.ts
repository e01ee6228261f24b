import { addDays, type Day, dayAt, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { aggregateNews, countDay } from '../aggregate/aggregate.ts'
import type { SegmentCount } from '../counts/counts.ts'
import { tryEach } from '../failure.ts'
import type { Host } from '../host.ts'
import { makeDueReports } from '../report/makeReports.ts'
import type { Store } from '../store/store.ts'

/**
 * Prepares the next days, reports, aggregates and forgets. Weeks that are due get their report; every day with news is
 * counted anew, then activity over days; then days older than the retention lose their raw events: before that, whatever is
 * counted of them has to be final. Counts are recomputed from the raw events and a report is kept only where there is none, so
 * running it twice, late, on two servers at once or after one that died half-way gives the same. While the clock is not
 * believed, see `judgeClock`, it logs `clock-not-believed`, aggregates, and clears from the disk what was deleted before; no
 * more.
 *
 * @throws SomeFailed at the end if a step or a day failed; the others were done all the same.
 */
export async function runDailyJob(
  store: Store,
  { now, log, randomBytes }: Pick<Host, 'now' | 'log' | 'randomBytes'>,
  retentionDays: number,
): Promise<void> {
  const clock = await store.checkClock(now())
  await store.noteClock(clock)
  if (clock.outcome === 'doubted') {
    log({ level: 'error', event: 'clock-not-believed', ...(clock.newestKnown && { day: clock.newestKnown }) })
    await tryEach([counting(store, retentionDays, log), tidying(store)])
    return
  }
  const startedAt = clock.now
  const keptSince = addDays(dayAt(startedAt), -retentionDays)
  await tryEach([
    { at: { step: 'days' }, run: () => prepareDays(store, dayAt(startedAt)) },
    { at: { step: 'reports' }, run: () => makeDueReports(store, startedAt, retentionDays, randomBytes) },
    counting(store, retentionDays, log),
    {
      at: { step: 'test event' },
      run: () => store.dropTestEventBefore(startedAt - retentionDays * MS_PER_DAY),
    },
    { at: { step: 'milestone' }, run: () => store.noteForgetting(keptSince) },
    { at: { step: 'forgetting' }, run: () => forgetDays(store, keptSince, log) },
    { at: { step: 'limits' }, run: () => store.dropStaleLimits() },
    { at: { step: 'tombstones' }, run: () => store.dropOldTombstones(startedAt) },
    tidying(store),
  ])
}

function counting(store: Store, retentionDays: number, log: Host['log']) {
  return { at: { step: 'counts' as const }, run: () => aggregateNews(store, retentionDays, log) }
}

function tidying(store: Store) {
  return { at: { step: 'tidying' as const }, run: () => store.tidy() }
}

/** Events come for today and tomorrow; the day after gets a day of tries before its first event. */
async function prepareDays(store: Store, today: Day): Promise<void> {
  const days = [0, 1, 2].map((n) => addDays(today, n))
  await tryEach(days.map((day) => ({ at: { day }, run: () => store.prepareDay(day) })))
}

/**
 * A day that can't be counted any more keeps the counts that it has, and loses its events all the same. So does what is no day: it would
 * never be due.
 */
async function forgetDays(store: Store, keptSince: Day, log: Host['log']): Promise<void> {
  const [days, unreadable] = [await store.rawDaysBefore(keptSince), await store.unreadableDays()]
  await tryEach([
    ...days.flatMap((day) => {
      let counts: SegmentCount[] | undefined
      const at = { day: day.day }
      return [
        {
          at,
          run: async () => {
            counts = await countDay(store, day, log)
          },
        },
        { at, run: () => store.forget(day, counts) },
      ]
    }),
    ...unreadable.map((day) => ({ at: {}, run: () => store.forget(day) })),
  ])
}
