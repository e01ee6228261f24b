import { Validator } from '@seriousme/openapi-schema-validator'
import { PROBLEM_KINDS } from '@voicemode-telemetry/protocol/wire/problemKinds'
import { encodeReport } from '@voicemode-telemetry/protocol/wire/reports'
import { ANYWHERE, NO_ROUTE, ROUTES, type Route } from '@voicemode-telemetry/protocol/wire/routes'
import type { Hono } from 'hono'
import { expect, test } from 'vitest'
import { type AppOptions, createApp } from '../src/app.ts'
import { createIpAddressLimiter } from '../src/limits/ipAddressLimiter.ts'
import openApi from '../src/public/openApi.json' with { type: 'json' }
import { composeReport, FOLD_BELOW, planTables, TABLES_FROM } from '../src/report/mechanism/weeklyReport.ts'
import { openSqlite } from '../src/store/drivers/sqlite.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSqlStore } from '../src/store/sqlStore.ts'
import { StoreUnavailable } from '../src/store/store.ts'
import { type AnswerCheck, createAnswerCheck } from './answerCheck.ts'
import { eventOf, NOON } from './events.ts'
import { testHost } from './testHost.ts'

const host = testHost(() => NOON)

const newStore = (driver = openSqlite(':memory:')) => createSqlStore({ driver, host, eventsPerIdPerHour: 10 })

function appWith(options: Partial<AppOptions>) {
  const limiter = createIpAddressLimiter(host, 1000)
  const { app } = createApp({
    store: newStore(),
    host,
    retentionDays: 90,
    ipAddresses: limiter,
    attempts: limiter,
    access: { by: 'token', token: 'a-token' },
    ipAddressOf: () => '',
    dashboard: async (context, next) => (context.req.path === '/' ? context.html('a page') : next()),
    ...options,
  })
  return app
}

/** Every described route as a request that is not refused for what it holds. */
const REQUESTS = Object.entries(openApi.paths).flatMap(([template, methods]) =>
  Object.keys(methods).map((method) => {
    const path = template.replace('{week}', '2026-W46').replace('{name}', 'none.js')
    const query = template === '/v1/charts/segments' ? '?field=usage.transport_usage&value=local' : ''
    return { method: method.toUpperCase(), path: path + query }
  }),
)

test('it is OpenAPI as its own schema has it', async () => {
  expect(await new Validator().validate(structuredClone(openApi))).toEqual({ valid: true })
})

test('every route of the server is described, and no other', () => {
  const routes = appWith({}).routes.filter(({ method }) => method !== 'ALL')
  const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const written = routes.map(
    ({ method, path }) => `${method} ${path.replace('*', '{name}').replace(/:(\w+)/, '{$1}')}`,
  )
  expect(described.sort()).toEqual([...new Set(written)].sort())
})

test('every operation has an id of its own, and says who may ask', () => {
  const operations = Object.values(openApi.paths).flatMap((methods) => Object.values<object>(methods))
  for (const operation of operations) expect(operation).toHaveProperty('security')
  const ids = operations.map((operation) => 'operationId' in operation && operation.operationId)
  expect(ids).not.toContain(false)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every kind of refusal is described, at a route or as the answer where there is none', () => {
  const atRoutes = Object.values<Route>(ROUTES).flatMap(({ problems }) => problems)
  const kinds = new Set([...atRoutes, ...ANYWHERE, ...NO_ROUTE, 'unexpected'])
  expect([...kinds].sort()).toEqual(Object.keys(PROBLEM_KINDS).sort())
})

/** Asks an app in this process. What it answers must be as it is described. */
async function ask(app: Hono, check: AnswerCheck, path: string, init: RequestInit): Promise<Response> {
  const answer = await app.request(path, init)
  const { status, headers } = answer
  const asked = { method: init.method ?? 'GET', path }
  const body = await answer.clone().text()
  expect(check.complaintsAbout({ ...asked, status, headers, body }), `${asked.method} ${path}`).toEqual([])
  return answer
}

test('every route that needs the store says as it is described that it cannot be had now', async () => {
  const check = createAnswerCheck(openApi)
  const store = newStore()
  await store.close()
  const failing = { take: () => Promise.reject(new StoreUnavailable(new Error())) }
  const BODIES: Record<string, object> = {
    '/v1/events': await eventOf({ installation: 1 }),
    '/v1/rights/export': { secret: 'A'.repeat(43) },
    '/v1/rights/delete': { secret: 'A'.repeat(43) },
    '/v1/reports/2026-W46': { held: true },
  }
  for (const [app, headers] of [
    [appWith({ store, access: { by: 'loopback' } }), { host: 'localhost' }],
    [appWith({ store, attempts: failing, ipAddresses: failing }), { authorization: 'Bearer wrong' }],
  ] as const) {
    for (const { method, path } of REQUESTS) {
      const body = method === 'POST' && BODIES[path] && JSON.stringify(BODIES[path])
      const type = { 'content-type': 'application/json' }
      await ask(app, check, path, { method, headers: { ...type, ...headers }, ...(body && { body }) })
    }
  }
  const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses }]) => '503' in responses)
      .map(([method]) => `${method.toUpperCase()} ${path} 503`),
  )
  expect(described.filter((answer) => !check.given.has(answer))).toEqual([])
})

test("the server's own mistake is described", async () => {
  const check = createAnswerCheck(openApi)
  const app = appWith({
    dashboard: () => {
      throw new Error('a mistake')
    },
  })
  const answer = await ask(app, check, '/', { headers: { authorization: 'Bearer a-token' } })
  expect(answer.status).toBe(500)
  expect([...check.given]).toEqual(['GET / default'])
})

test('a report with every table is as it is described', async () => {
  const plan = planTables(['8.12', '8.11'])
  const noisyTables = plan.map(({ words }) => words.map((_, n) => (n === 0 ? FOLD_BELOW : 0)))
  const report = composeReport('2026-W40', plan, { noisyTotal: TABLES_FROM, noisyTables })
  const driver = openSqlite(':memory:')
  await migrate(driver)
  const store = newStore(driver)
  await store.addReport(report.week, encodeReport(report), '2026-10-12')
  const app = appWith({ store })
  const check = createAnswerCheck(openApi)
  const answer = await ask(app, check, '/v1/reports/2026-W40', {})
  expect(await answer.json()).toMatchObject({ tables: plan.map(({ field }) => ({ field })) })
  for (const path of ['/v1/reports', '/v1/reports/2026-W40?format=csv', '/report', '/report/2026-W40']) {
    expect((await ask(app, check, path, {})).status, path).toBe(200)
  }
})
