import { describe } from 'vitest'
import { chartsContract } from './http/charts.ts'
import { dataRequestsContract } from './http/dataRequests.ts'
import { describedContract } from './http/described.ts'
import { eventsContract } from './http/events.ts'
import { type StartHttpServer, shareServer } from './http/httpUnderTest.ts'
import { publicPagesContract } from './http/publicPages.ts'
import { routesContract } from './http/routes.ts'
import { sameAnswersContract } from './http/sameAnswers.ts'
import { signInContract } from './http/signIn.ts'
import { testEventsContract } from './http/testEvents.ts'
import { weeklyReportsContract } from './http/weeklyReports.ts'

/** What every home of the server answers. Every answer is held to `/openapi.json`. */
export function httpContract(name: string, start: StartHttpServer): void {
  describe(`the HTTP interface on ${name}`, () => {
    const http = shareServer(start)
    sameAnswersContract(http)
    eventsContract(http)
    routesContract(http)
    publicPagesContract(http)
    testEventsContract(http)
    weeklyReportsContract(http)
    dataRequestsContract(http)
    chartsContract(http)
    signInContract(http)
    describedContract(http)
  })
}
