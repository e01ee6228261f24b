import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOSSES, loseDatabase } from './databaseLosses.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

test('a server outlives the loss of its database: 503 meanwhile, nothing acknowledged is lost', async () => {
  const { log, ...outcome } = await loseDatabase(postgres, { losses: LOSSES, writers: 16 })
  expect(outcome).toMatchObject({ lost: 0, unanswered: 0, endedWith: null })
  expect(Object.keys(outcome.refused)).toEqual(['503'])
  expect(outcome.withRetryAfter).toBe(outcome.refused[503])
  expect(log).not.toMatch(/a-password|postgres:/)
})
