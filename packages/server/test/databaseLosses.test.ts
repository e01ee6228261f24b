import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomOf } from '../../../scripts/scenes/random.ts'
import { loseDatabase, QUICK_LOSSES } from './databaseLosses.ts'
import { type PostgresServer, startPostgres } from './postgresServer.ts'
import { killServer } from './serverKills.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

test('a server outlives the loss of its database: 503 meanwhile, nothing acknowledged is lost', async () => {
  const { log, ...outcome } = await loseDatabase(postgres, { losses: QUICK_LOSSES, writers: 16 })
  expect(outcome).toMatchObject({ lost: 0, unanswered: 0, endedWith: null })
  expect(Object.keys(outcome.refused)).toEqual(['503'])
  expect(outcome.withRetryAfter).toBe(outcome.refused[503])
  expect(log).not.toMatch(/a-password|postgres:/)
  const kinds = new Set([...log.matchAll(/"kind":"([^"]+)"/g)].map(([, kind]) => kind))
  expect(['connection-lost', 'read-only', 'unreachable']).toEqual(expect.arrayContaining([...kinds]))
  expect(kinds).toContain('read-only')
})

test('servers killed at random instants leave every acknowledged event in the database, once', async () => {
  const database = await postgres.createDatabase()
  const { acknowledged, wrong } = await killServer({ database, kills: 3, writers: 16, random: randomOf(1) })
  expect(wrong).toEqual([])
  expect(acknowledged).toBeGreaterThan(0)
})
