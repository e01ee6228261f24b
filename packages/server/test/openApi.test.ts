import { expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { PROBLEM_KINDS } from '../src/http/problem.ts'
import { createAddressLimiter } from '../src/limits/addressLimiter.ts'
import openApi from '../src/public/openApi.json' with { type: 'json' }
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { NOON } from './events.ts'
import { testHost } from './testHost.ts'

function everyRoute(): string[] {
  const host = testHost(() => NOON)
  const limiter = createAddressLimiter(host, 10)
  const app = createApp({
    store: createSqlStore({ driver: openSqlite(':memory:'), host, eventsPerIdPerHour: 10 }),
    host,
    retentionDays: 90,
    addresses: limiter,
    attempts: limiter,
    access: { by: 'token', token: 'a-token' },
    addressOf: () => '',
    dashboard: async (_context, next) => next(),
  })
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  return [
    ...new Set(
      routes.map(({ method, path }) => `${method} ${path.replace('*', '{name}').replace(/:(\w+)/, '{$1}')}`),
    ),
  ].sort()
}

test('every route of the server is described, and no other', () => {
  const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.sort()).toEqual(everyRoute())
})

test('every kind of refusal is described with its status, and every reference leads somewhere', () => {
  expect(Object.keys(openApi.components.responses)).toEqual(Object.keys(PROBLEM_KINDS))
  for (const [, reference = ''] of JSON.stringify(openApi).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = reference
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], openApi)
    expect(target, reference).toBeTypeOf('object')
  }
})
