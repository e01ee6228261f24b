import { describe } from 'vitest'
import { activityContract } from './store/activity.ts'
import { clocksContract } from './store/clocks.ts'
import { countsContract } from './store/counts.ts'
import { dataRequestsContract } from './store/dataRequests.ts'
import { forgettingContract } from './store/forgetting.ts'
import { intakeContract } from './store/intake.ts'
import { migrationsContract } from './store/migrations.ts'
import { reportsContract } from './store/reports.ts'
import { tablesContract } from './store/tables.ts'
import { testEventsContract } from './store/testEvents.ts'
import { createOpener, type TestDatabase } from './store/testStore.ts'
import { unreadableContract } from './store/unreadable.ts'

/** What every engine must keep; `Store` says it in words. */
export function storeContract(name: string, createDatabase: () => Promise<TestDatabase>): void {
  describe(`the store on ${name}`, () => {
    const open = createOpener(createDatabase)
    migrationsContract(createDatabase)
    tablesContract(open)
    intakeContract(open)
    clocksContract(open)
    countsContract(open)
    activityContract(open)
    forgettingContract(open)
    dataRequestsContract(open)
    reportsContract(open)
    testEventsContract(open)
    unreadableContract(open)
  })
}
