import { readdirSync } from 'node:fs'
import { dayAt, MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import openApi from '../../src/public/openApi.json' with { type: 'json' }
import { newestDueWeek } from '../../src/report/dueWeeks.ts'
import { DASHBOARD_ASSETS } from '../transcript.ts'
import { CANARY, type HttpUnderTest, JSON_TYPE } from './httpUnderTest.ts'

const FOR_MAINTAINERS = [
  '/',
  '/v1/events/test',
  '/v1/charts/daily',
  '/v1/charts/segments',
  '/metrics',
  '/assets/none.js',
]

/** What is asked for nowhere else, and then that nothing is described which is not answered. Comes after all others. */
export function describedContract(http: HttpUnderTest): void {
  const { fetch, had, start } = http
  const report = `/v1/reports/${newestDueWeek(dayAt(Date.now()))}`
  const ask = (url: string, init: RequestInit) => fetch(url, { redirect: 'manual', ...init })

  test('a server without a token shows maintainers nothing through a proxy', async () => {
    const headers = { via: 'a proxy' }
    for (const path of FOR_MAINTAINERS) {
      expect((await ask(http.url + path, { headers })).status, path).toBe(403)
    }
    expect((await ask(http.url + report, { method: 'POST', headers })).status).toBe(403)
    expect((await ask(`${http.url}/sign-in`, { method: 'POST' })).status).toBe(404)
  })

  test("every file of the dashboard and every body that can't be read is answered as described", async () => {
    const guarded = await start({ adminToken: CANARY })
    const bearer = { authorization: `Bearer ${CANARY}` }
    for (const asset of readdirSync(DASHBOARD_ASSETS)) {
      // A file is sent whole, whatever part of it is asked for.
      for (const range of ['bytes=0-0', 'bytes=9-1', CANARY]) {
        const headers = { ...bearer, range }
        expect((await ask(`${guarded.url}/assets/${asset}`, { headers })).status, range).toBe(200)
      }
    }
    for (const path of ['/v1/events/test', '/v1/rights/export', '/v1/rights/delete', report]) {
      const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
        ask(guarded.url + path, { method: 'POST', body, headers: { ...headers, ...bearer } })
      expect((await post('{')).status).toBe(400)
      expect((await post(' '.repeat(MAX_EVENT_BYTES + 1))).status).toBe(413)
      expect((await post('{}', {})).status).toBe(415)
    }
    await guarded.stop()
  })

  test('an address that has tried too many tokens is told to wait at every route for which one is needed', async () => {
    const guarded = await start({ adminToken: CANARY })
    const wrong = { headers: { authorization: `Bearer x${CANARY}` } }
    for (let n = 0; n < 20; n++) await ask(`${guarded.url}/metrics`, wrong)
    for (const path of FOR_MAINTAINERS) expect((await ask(guarded.url + path, wrong)).status, path).toBe(429)
    for (const path of ['/v1/rights/delete', report]) {
      expect((await ask(guarded.url + path, { method: 'POST', ...wrong })).status, path).toBe(429)
    }
    await guarded.stop()
  })

  test('every described answer that can be had from outside was had', () => {
    const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    )
    const fromOutside = described.filter((answer) => !/ (503|4XX|default)$/.test(answer))
    expect(fromOutside.filter((answer) => !had.has(answer))).toEqual([])
  })
}
