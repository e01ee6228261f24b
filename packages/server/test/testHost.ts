import { createHost } from '../src/createHost.ts'
import type { Host } from '../src/host.ts'
import { runDailyJob } from '../src/jobs/dailyJob.ts'
import type { Store } from '../src/store/store.ts'

/** A world whose clock the test sets, in which nothing that is put off ever happens and nobody hears of incidents. */
export function testHost(now: () => number): Host {
  return { ...createHost(), now, log() {}, after() {} }
}

/** The daily job as it runs at a time that a person has said to be right. @param now milliseconds since 1970. */
export async function runDailyJobAt(now: number, store: Store, retentionDays = 90): Promise<void> {
  await store.noteClock({ outcome: 'believed', now })
  await runDailyJob(
    store,
    testHost(() => now),
    retentionDays,
  )
}
