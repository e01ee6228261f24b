import { expect, test } from 'vitest'
import openApi from '../../src/public/openApi.json' with { type: 'json' }
import { CANARY, expectProblem, type HttpUnderTest, JSON_TYPE, newEvent } from './httpUnderTest.ts'

/** What holds for every route, and what operators look at. */
export function routesContract(http: HttpUnderTest): void {
  const { fetch, post, send, start } = http

  test('an address that is none and a method that is not taken are refused', async () => {
    await expectProblem(await fetch(`${http.url}/${CANARY}`), 404, 'not-found')
    await expectProblem(await fetch(`${http.url}/v1/events/`, { method: 'POST' }), 404, 'not-found')
    await expectProblem(await fetch(`${http.url}/assets/%2e%2e%2f${CANARY}`), 404, 'not-found')
    for (const [method, path, allow] of [
      ['GET', '/v1/events', 'POST'],
      ['PUT', '/v1/events', 'POST'],
      ['OPTIONS', '/v1/events', 'POST'],
      ['POST', '/healthz', 'GET, HEAD'],
      ['DELETE', '/v1/charts/daily', 'GET, HEAD'],
    ] as const) {
      const answer = await fetch(http.url + path, { method })
      expect(answer.headers.get('allow'), `${method} ${path}`).toBe(allow)
      await expectProblem(answer, 405, 'method-not-allowed')
    }
  })

  test('the server tells that it is well', async () => {
    const answer = await fetch(`${http.url}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(`${http.url}/healthz`, { method: 'HEAD' })).status).toBe(200)
  })

  test('metrics are for maintainers and tell what became of events, of no one in particular', async () => {
    const guarded = await start({ adminToken: CANARY })
    await expectProblem(await fetch(`${guarded.url}/metrics`), 401, 'not-signed-in')
    const event = await newEvent()
    await send(event, {}, guarded.url)
    await send(event, {}, guarded.url)
    await send({ ...event, environment: { ...event.environment, os_type: 'Darwin' } }, {}, guarded.url)
    await send(event, { dnt: '1' }, guarded.url)
    await post('{', JSON_TYPE, guarded.url)
    const answer = await fetch(`${guarded.url}/metrics`, { headers: { authorization: `Bearer ${CANARY}` } })
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await answer.text()
    for (const line of [
      'events_total{outcome="stored"} 1',
      'events_total{outcome="duplicate"} 1',
      'events_total{outcome="conflicting"} 1',
      'events_total{outcome="withheld"} 1',
      'events_total{outcome="refused",kind="malformed-json"} 1',
      'store_up 1',
    ]) {
      expect(text.split('\n')).toContain(`voicemode_telemetry_${line}`)
    }
    // The daily job that begins with the server may have counted it.
    expect(text).toMatch(/^voicemode_telemetry_aggregation_backlog [01]$/m)
    expect(text).toMatch(/^voicemode_telemetry_build_info\{version="[^"]+"\} 1$/m)
    expect(text).not.toMatch(new RegExp(`${event.telemetry_id}|${event.event_id}|127\\.0\\.0\\.1`))
    await guarded.stop()
  })

  test('the server describes itself', async () => {
    const answer = await fetch(`${http.url}/openapi.json`)
    expect(await answer.json()).toEqual(openApi)
  })

  test('every answer tells browsers to trust nothing but this server', async () => {
    for (const path of ['/', '/healthz', '/nothing', '/v1/events', '/v1/charts/daily?from=x']) {
      const { headers } = await fetch(http.url + path)
      expect(headers.get('content-security-policy'), path).toContain("default-src 'self'")
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
      expect(headers.get('content-security-policy'), path).not.toMatch(/script-src|unsafe-eval/)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
      expect(headers.get('set-cookie'), path).toBeNull()
    }
  })
}
