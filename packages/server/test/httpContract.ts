import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addDays,
  type Day,
  dayAt,
  deriveTelemetryId,
  FIELDS,
  MAX_EVENT_BYTES,
  NOTICES,
  SECRET_BYTES,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addWeeks, boundsOf } from '../src/report/isoWeek.ts'
import { newestDueWeek } from '../src/report/weeklyReport.ts'
import { converse } from './conversation.ts'
import { eventOf } from './events.ts'
import { startServer } from './serverProcess.ts'

interface HttpServer {
  /** As `http://127.0.0.1:40001`. */
  url: string
  stop(): Promise<unknown>
}

/** A server on an empty store. Where no limit for addresses is given, there is as good as none. */
export type StartHttpServer = (options: {
  eventsPerAddressPerHour?: number
  adminToken?: string
}) => Promise<HttpServer>

/** In whatever is refused; it must be in no answer. */
const CANARY = 'canary4711'

const JSON_TYPE = { 'content-type': 'application/json' }

/** What every home of the server answers. */
export function httpContract(name: string, start: StartHttpServer): void {
  describe(`the HTTP interface on ${name}`, () => {
    let server: HttpServer
    beforeAll(async () => {
      server = await start({})
    })
    afterAll(() => server.stop())

    const today = dayAt(Date.now())
    let installations = 1000
    const newEvent = (day: Day = today) => eventOf({ installation: installations++, day })

    function post(
      body: NonNullable<RequestInit['body']>,
      headers: Record<string, string> = JSON_TYPE,
      url = server.url,
    ) {
      return fetch(`${url}/v1/events`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
    }
    const send = (event: TelemetryEvent, headers = {}, url = server.url) =>
      post(JSON.stringify(event), { ...JSON_TYPE, ...headers }, url)

    async function expectProblem(answer: Response, status: number, type: string, ...fields: string[]) {
      const text = await answer.text()
      expect(text).not.toContain(CANARY)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      const problem = JSON.parse(text)
      expect(problem).toMatchObject({ status, type: `/problems/${type}`, title: expect.any(String) })
      expect(answer.status).toBe(status)
      expect((problem.problems ?? []).map(({ field }: { field: string }) => field)).toEqual(fields)
    }

    test('every answer is that of a server on SQLite, byte for byte, but for ids and dates', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'conversation-'))
      const [other, ours] = [
        await startServer(join(folder, 'test.db'), [], { TELEMETRY_ADMIN_TOKEN: CANARY }),
        await start({ adminToken: CANARY }),
      ]
      const expected = await converse(other.url, CANARY)
      const said = await converse(ours.url, CANARY)
      for (const [n, answer] of said.entries()) expect(answer).toEqual(expected[n])
      await Promise.all([other.end(), ours.stop()])
      rmSync(folder, { recursive: true })
    })

    test('an event is acknowledged by its id, a repeat also as a duplicate', async () => {
      const event = await newEvent()
      const { event_id } = event
      const first = await send(event)
      expect([first.status, await first.json()]).toEqual([200, { status: 'ok', event_id }])
      const second = await send(event, { 'content-type': 'Application/JSON; charset=utf-8' })
      expect([second.status, await second.json()]).toEqual([200, { status: 'ok', event_id, duplicate: true }])
    })

    test('of repeats at once exactly one is no duplicate', async () => {
      const event = await newEvent()
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(event)))
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { duplicate?: true }[]
      expect(bodies.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    })

    test('a sender who does not want to be tracked is not: nothing is read and nothing kept', async () => {
      for (const header of ['dnt', 'sec-gpc']) {
        const event = await newEvent()
        const answer = await send(event, { [header]: '1' })
        expect([answer.status, await answer.text()]).toEqual([204, ''])
        expect((await send(event, { [header]: '0, 1' })).status).toBe(204)
        expect(await (await send(event, { [header]: '0' })).json()).not.toHaveProperty('duplicate')
        expect(
          (await post(CANARY.repeat(9999), { [header]: '1', 'content-type': 'text/plain' })).status,
        ).toBe(204)
      }
    })

    test('what does not say it is JSON in UTF-8 is refused', async () => {
      const body = JSON.stringify(await newEvent())
      const others = ['utf-16', 'iso-8859-1', '"utf-16"', CANARY, ''].map(
        (name) => `application/json; Charset=${name}`,
      )
      for (const type of ['text/plain', `application/${CANARY}`, 'application/jsonx', '', ...others]) {
        await expectProblem(await post(body, { 'content-type': type }), 415, 'not-json', 'content-type')
      }
      expect((await post(body, { 'content-type': 'application/json;charset="UTF-8"' })).status).toBe(200)
    })

    test('a compressed body is refused', async () => {
      const answer = await send(await newEvent(), { 'content-encoding': 'gzip' })
      await expectProblem(answer, 415, 'not-json', 'content-encoding')
    })

    test('a body over 16 KB is refused, whether it tells its length or not', async () => {
      const large = `{"${CANARY}":"${'x'.repeat(MAX_EVENT_BYTES)}"}`
      await expectProblem(await post(large), 413, 'too-large', '')
      await expectProblem(await post(new Blob([large]).stream()), 413, 'too-large', '')
      const event = await newEvent()
      const padded = JSON.stringify(event).padEnd(MAX_EVENT_BYTES)
      expect((await post(new Blob([padded]).stream())).status).toBe(200)
      expect((await post(padded)).status).toBe(200)
      await expectProblem(await post(`${padded} `), 413, 'too-large', '')
    })

    test('what is not JSON in UTF-8 is refused', async () => {
      const invalid = new Uint8Array([0x22, 0xff, 0xfe, 0x22])
      for (const body of ['', CANARY, `{"${CANARY}":`, '{"a":1}}', invalid, '\0', 'NaN']) {
        await expectProblem(await post(body), 400, 'malformed-json', '')
      }
    })

    test('JSON that is no event is refused by the names of its fields, all at once', async () => {
      for (const body of ['null', '1', 'true', `"${CANARY}"`]) {
        await expectProblem(await post(body), 422, 'not-an-event', '')
      }
      for (const body of [`["${CANARY}"]`, '['.repeat(8000) + ']'.repeat(8000)]) {
        const answer = await post(body)
        expect([answer.status, (await answer.text()).includes(CANARY)]).toEqual([422, false])
      }
      const event = await newEvent()
      const { environment, usage } = event
      const wrong = {
        ...event,
        environment: { ...environment, os_type: CANARY, version: `8.1.2-${CANARY}` },
        usage: { ...usage, total_operations: CANARY, error_types: { [CANARY]: 1 } },
      }
      const fields = [
        'environment.os_type',
        'environment.version',
        'usage.total_operations',
        'usage.error_types',
      ]
      await expectProblem(await post(JSON.stringify(wrong)), 422, 'not-an-event', ...fields)
    })

    test('an unknown key is refused without its name, wherever it stands', async () => {
      const text = JSON.stringify(await newEvent())
      const at = (mark: string, key: string) => text.replace(mark, `${mark}"${key}":"${CANARY}",`)
      for (const key of [CANARY, '__proto__', 'constructor']) {
        await expectProblem(await post(at('{', key)), 422, 'not-an-event', '')
        await expectProblem(await post(at('"environment":{', key)), 422, 'not-an-event', 'environment')
        await expectProblem(await post(at('"usage":{', key)), 422, 'not-an-event', 'usage')
        const map = at('"error_types":{', key)
        await expectProblem(await post(map), 422, 'not-an-event', 'usage.error_types')
      }
    })

    test('an event that contradicts itself is refused', async () => {
      const event = await newEvent()
      const usage = { ...event.usage, total_sessions: 2, total_operations: 0 }
      const body = JSON.stringify({ ...event, event_id: '0123456789abcdef', usage })
      const fields = [
        'usage.duration_distribution',
        'usage.exchanges_per_session',
        'usage.transport_usage',
        'usage.stt_provider_usage',
        'usage.success_rate',
        'usage.failed_steps',
        'event_id',
      ]
      await expectProblem(await post(body), 422, 'not-an-event', ...fields)
    })

    test('an event more than a day ahead or older than the retention is refused', async () => {
      for (const days of [2, 3, -91, -92, -5000]) {
        const answer = await send(await newEvent(addDays(today, days)))
        await expectProblem(answer, 422, 'not-an-event', 'timestamp')
      }
      for (const days of [1, -89]) expect((await send(await newEvent(addDays(today, days)))).status).toBe(200)
    })

    test('of 15 events of one installation at once exactly 10 are taken, 5 are told to wait', async () => {
      const events = await Promise.all(
        Array.from({ length: 15 }, (_, n) => eventOf({ installation: 1, day: addDays(today, -n) })),
      )
      const answers = await Promise.all(events.map((event) => send(event)))
      const limited = answers.filter((answer) => answer.status === 429)
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(10)
      expect(limited).toHaveLength(5)
      for (const answer of limited) {
        const waitSeconds = Number(answer.headers.get('retry-after'))
        expect(waitSeconds > 0 && waitSeconds <= 3600).toBe(true)
        await expectProblem(answer, 429, 'too-many-from-installation')
      }
      const repeats = await Promise.all(events.map((event) => send(event)))
      expect(repeats.filter((answer) => answer.status === 200)).toHaveLength(10)
    })

    test('an address is told to wait after its number of requests, of which those not to be tracked are none', async () => {
      const strict = await start({ eventsPerAddressPerHour: 3 })
      const event = await newEvent()
      for (let n = 0; n < 5; n++) expect((await send(event, { dnt: '1' }, strict.url)).status).toBe(204)
      expect((await send(event, {}, strict.url)).status).toBe(200)
      expect((await post('{', JSON_TYPE, strict.url)).status).toBe(400)
      expect((await send(event, {}, strict.url)).status).toBe(200)
      const answer = await send(event, { 'x-forwarded-for': '192.0.2.9' }, strict.url)
      const waitSeconds = Number(answer.headers.get('retry-after'))
      expect(waitSeconds > 0 && waitSeconds <= 3600).toBe(true)
      await expectProblem(answer, 429, 'too-many-from-address')
      await strict.stop()
    })

    test('an address that is none and a method that is not taken are refused', async () => {
      await expectProblem(await fetch(`${server.url}/${CANARY}`), 404, 'not-found')
      await expectProblem(await fetch(`${server.url}/v1/events/`, { method: 'POST' }), 404, 'not-found')
      await expectProblem(await fetch(`${server.url}/assets/%2e%2e%2f${CANARY}`), 404, 'not-found')
      for (const [method, path, allow] of [
        ['GET', '/v1/events', 'POST'],
        ['PUT', '/v1/events', 'POST'],
        ['OPTIONS', '/v1/events', 'POST'],
        ['POST', '/healthz', 'GET, HEAD'],
        ['DELETE', '/v1/charts/daily', 'GET, HEAD'],
      ] as const) {
        const answer = await fetch(server.url + path, { method })
        expect(answer.headers.get('allow'), `${method} ${path}`).toBe(allow)
        await expectProblem(answer, 405, 'method-not-allowed')
      }
    })

    test('the server tells that it is well', async () => {
      const answer = await fetch(`${server.url}/healthz`)
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
      expect((await fetch(`${server.url}/healthz`, { method: 'HEAD' })).status).toBe(200)
    })

    test('metrics are for maintainers and tell what became of events, of no one in particular', async () => {
      const guarded = await start({ adminToken: CANARY })
      await expectProblem(await fetch(`${guarded.url}/metrics`), 401, 'not-signed-in')
      const event = await newEvent()
      await send(event, {}, guarded.url)
      await send(event, {}, guarded.url)
      await send(event, { dnt: '1' }, guarded.url)
      await post('{', JSON_TYPE, guarded.url)
      const answer = await fetch(`${guarded.url}/metrics`, { headers: { authorization: `Bearer ${CANARY}` } })
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
      const text = await answer.text()
      for (const line of [
        'events_total{outcome="stored"} 1',
        'events_total{outcome="duplicate"} 1',
        'events_total{outcome="withheld"} 1',
        'events_total{outcome="refused",kind="malformed-json"} 1',
        'store_up 1',
        'unfolded_days 1',
      ]) {
        expect(text.split('\n')).toContain(`voicemode_telemetry_${line}`)
      }
      expect(text).toMatch(/^voicemode_telemetry_build_info\{version="[^"]+"\} 1$/m)
      expect(text).not.toMatch(new RegExp(`${event.telemetry_id}|${event.event_id}|127\\.0\\.0\\.1`))
      await guarded.stop()
    })

    test('everyone may read what is collected and why, as data and as a page, from the contract', async () => {
      const answer = await fetch(`${server.url}/v1/policy`)
      const policy = (await answer.json()) as { retentionDays: number; fields: Record<string, unknown>[] }
      expect(policy.retentionDays).toBe(90)
      expect(policy.fields.map(({ path }) => path)).toEqual(FIELDS.map(({ path }) => path))
      expect(policy.fields.find(({ path }) => path === 'usage.transport_usage')).toEqual({
        path: 'usage.transport_usage',
        label: 'Transport',
        purpose: 'Shows which transports are worth keeping.',
        keptDays: 90,
        values: ['local', 'livekit', 'other'],
        isMap: true,
      })
      const page = await fetch(`${server.url}/privacy`)
      expect(page.headers.get('content-type')).toBe('text/html; charset=UTF-8')
      const text = await page.text()
      for (const { purpose, path } of FIELDS) {
        expect(text).toContain(purpose)
        expect(text).toContain(`<code>${path}</code>`)
      }
      expect(text).toMatch(/<html lang="en">/)
      expect(text).toContain('&lt;1min')
      expect(text).not.toMatch(/<script|<style|style=|https?:/)
      const gpc = await fetch(`${server.url}/.well-known/gpc.json`)
      expect(await gpc.json()).toEqual({ gpc: true, lastUpdate: NOTICES[0].date })
    })

    test('everyone may read how the notice changed and what was asked of the server', async () => {
      const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url')
      for (const right of ['export', 'delete', 'export']) {
        const body = JSON.stringify({ secret })
        await fetch(`${server.url}/v1/rights/${right}`, { method: 'POST', body, headers: JSON_TYPE })
      }
      const told = (await (await fetch(`${server.url}/v1/transparency`)).json()) as {
        requests_answered: { total: object; months: { month: string; export: number; delete: number }[] }
      }
      const { total, months } = told.requests_answered
      expect(told).toMatchObject({ notices: NOTICES })
      expect(total).toEqual({ export: 2, delete: 1 })
      expect(new Set(months.map(({ month }) => month)).size).toBe(12)
      expect(months.map(({ month }) => month)).toEqual(
        months
          .map(({ month }) => month)
          .toSorted()
          .reverse(),
      )
      expect(months.reduce((sum, of) => sum + of.export + of.delete, 0)).toBe(3)
      const page = await fetch(`${server.url}/transparency`)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
      const text = await page.text()
      expect(text).not.toMatch(/<script|<style|style=|https?:/)
      for (const { label } of FIELDS) expect(text).toContain(label)
      for (const { date } of NOTICES) expect(text).toContain(`datetime="${date}"`)
    })

    test('a weekly report is the same bytes for everyone, held back and released by maintainers only', async () => {
      const guarded = await start({ adminToken: CANARY })
      const week = newestDueWeek(dayAt(Date.now()))
      const get = (path: string, headers = {}) => fetch(guarded.url + path, { headers })
      const bearer = { ...JSON_TYPE, authorization: `Bearer ${CANARY}` }
      const order = (body: unknown, headers: Record<string, string> = bearer, of = week) =>
        fetch(`${guarded.url}/v1/reports/${of}`, { method: 'POST', body: JSON.stringify(body), headers })

      const none = (await (await get('/v1/reports')).json()) as { next: { week: string } }
      expect(none).toMatchObject({ reports: [], running_epsilon: 0 })
      expect(none.next.week > week).toBe(true)
      const empty = await get('/report')
      expect([empty.status, (await empty.text()).includes(none.next.week)]).toEqual([200, true])
      for (const name of [week, CANARY, '%00', '2026-W99']) {
        await expectProblem(await get(`/v1/reports/${name}`), 404, 'not-found')
        const page = await get(`/report/${name}`)
        expect([page.status, (await page.text()).includes(CANARY)], name).toEqual([404, false])
      }

      await expectProblem(await order({ make: true }, JSON_TYPE), 401, 'not-signed-in')
      await expectProblem(
        await order({ make: true }, { ...bearer, 'content-type': 'text/plain' }),
        415,
        'not-json',
        'content-type',
      )
      await expectProblem(
        await order({ make: true }, { ...bearer, origin: 'https://evil.example' }),
        403,
        'other-site',
      )
      for (const wrong of [{}, { held: CANARY }, { make: false }, { make: true, held: true }, [true], null]) {
        await expectProblem(await order(wrong), 422, 'not-an-order', '')
      }
      await expectProblem(await order({ make: true }, bearer, CANARY), 404, 'not-found')
      await expectProblem(await order({ held: true }), 404, 'not-found')
      for (const other of [addWeeks(week, 2), addWeeks(week, -20)]) {
        await expectProblem(await order({ make: true }, bearer, other), 409, 'not-reportable', 'week')
      }

      for (let n = 0; n < 3; n++) await send(await newEvent(boundsOf(week).from), {}, guarded.url)
      const made = await order({ make: true })
      expect([made.status, await made.json()]).toEqual([200, { status: 'ok', week, state: 'published' }])
      await expectProblem(await order({ make: true }), 409, 'not-reportable', 'week')
      const answer = await get(`/v1/reports/${week}`)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
      const bytes = await answer.text()
      expect(JSON.parse(bytes)).toMatchObject({ week, ...boundsOf(week), epsilon: 1, tables: [] })
      const tag = { 'if-none-match': answer.headers.get('etag') ?? '' }
      expect((await get(`/v1/reports/${week}`, tag)).status).toBe(304)
      const csv = await get(`/v1/reports/${week}?format=csv`)
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(await csv.text()).toMatch(
        new RegExp(`^week,field,value,n,plus_minus\r\n${week},installations,,\\d+,39\r\n$`),
      )
      await expectProblem(await get(`/v1/reports/${week}?format=${CANARY}`), 400, 'not-a-query', 'format')
      expect(await (await get('/v1/reports')).json()).toMatchObject({
        reports: [
          {
            week,
            ...boundsOf(week),
            state: 'published',
            deletions_since: 0,
            links: { page: `/report/${week}` },
          },
        ],
        running_epsilon: 1,
      })
      for (const path of ['/report', `/report/${week}`]) {
        const text = await (await get(path)).text()
        expect(text, path).toContain(`Weekly report ${week}`)
        expect(text, path).not.toMatch(/<script|<style|style=|https?:/)
      }

      expect(await (await order({ held: true })).json()).toEqual({ status: 'ok', week, state: 'held' })
      await expectProblem(await get(`/v1/reports/${week}`, tag), 404, 'report-held')
      const held = await get(`/report/${week}`)
      expect([held.status, (await held.text()).includes('held back')]).toEqual([404, true])
      expect(await (await get('/report')).text()).not.toContain('class="total"')
      const listed = await (await get('/v1/reports')).json()
      expect(listed).toMatchObject({ reports: [{ week, state: 'held' }], running_epsilon: 1 })
      await order({ held: false })
      expect(await (await get(`/v1/reports/${week}`)).text()).toBe(bytes)
      await guarded.stop()
    })

    test('the server describes itself', async () => {
      const answer = await fetch(`${server.url}/openapi.json`)
      const description = (await answer.json()) as { openapi: string; paths: object }
      expect(description.openapi).toMatch(/^3\.1\./)
      expect(Object.keys(description.paths)).toContain('/v1/events')
    })

    test('every answer tells browsers to trust nothing but this server', async () => {
      for (const path of ['/', '/healthz', '/nothing', '/v1/events', '/v1/charts/daily?from=x']) {
        const { headers } = await fetch(server.url + path)
        expect(headers.get('content-security-policy'), path).toContain("default-src 'self'")
        expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
        expect(headers.get('content-security-policy'), path).not.toMatch(/script-src|unsafe-eval/)
        expect(headers.get('x-content-type-options'), path).toBe('nosniff')
        expect(headers.get('referrer-policy'), path).toBe('no-referrer')
        expect(headers.get('set-cookie'), path).toBeNull()
      }
    })

    describe('the rights of an installation', () => {
      const ask = (
        right: 'export' | 'delete',
        body: unknown,
        headers: Record<string, string> = JSON_TYPE,
        url = server.url,
      ) =>
        fetch(`${url}/v1/rights/${right}`, {
          method: 'POST',
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers,
        })

      async function newInstallation() {
        const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
        const secret = Buffer.from(bytes).toString('base64url')
        return { secret, id: await deriveTelemetryId(bytes) }
      }

      test('whoever holds the secret has all that is stored, oldest day first', async () => {
        const { secret, id } = await newInstallation()
        const [late, early] = await Promise.all([
          eventOf({ installation: id, day: today }),
          eventOf({ installation: id, day: addDays(today, -3) }),
        ])
        for (const event of [late, early, await newEvent()]) await send(event)
        const answer = await ask('export', { secret })
        expect(answer.headers.get('cache-control')).toBe('no-store')
        expect([answer.status, await answer.json()]).toEqual([
          200,
          { status: 'ok', telemetry_id: id, events: [early, late] },
        ])
      })

      test('after a delete all is gone, a late queue is taken and dropped, and a stranger keeps his', async () => {
        const fresh = await start({})
        const askFresh = (right: 'export' | 'delete', body: unknown, headers = JSON_TYPE) =>
          ask(right, body, headers, fresh.url)
        const [mine, other] = [await newInstallation(), await newInstallation()]
        const events = await Promise.all(
          [0, -1, -2].map((days) => eventOf({ installation: mine.id, day: addDays(today, days) })),
        )
        for (const event of [...events, await eventOf({ installation: other.id, day: today })]) {
          await send(event, {}, fresh.url)
        }
        const answer = await askFresh('delete', { secret: mine.secret })
        expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
        for (const event of [...events, await eventOf({ installation: mine.id, day: addDays(today, -5) })]) {
          const late = await send(event, {}, fresh.url)
          expect([late.status, await late.json()]).toEqual([200, { status: 'ok', event_id: event.event_id }])
        }
        expect(await (await askFresh('export', { secret: mine.secret })).json()).toMatchObject({ events: [] })
        const kept = (await (await askFresh('export', { secret: other.secret })).json()) as {
          events: unknown[]
        }
        expect(kept.events).toHaveLength(1)
        const charts = await fetch(`${fresh.url}/v1/charts/daily?from=${addDays(today, -6)}&to=${today}`)
        const { counts } = (await charts.json()) as { counts: { field: string }[] }
        expect(counts.filter(({ field }) => field === 'installations')).toEqual([
          { day: today, field: 'installations', value: '', n: 1 },
        ])
        await fresh.stop()
      })

      test('an id that never was and one that was deleted are answered alike', async () => {
        const [unknown, deleted] = [await newInstallation(), await newInstallation()]
        await send(await eventOf({ installation: deleted.id, day: today }))
        for (const right of ['delete', 'export'] as const) {
          const answers = await Promise.all(
            [unknown, deleted].map(async ({ secret, id }) => {
              const answer = await ask(right, { secret })
              return [answer.status, (await answer.text()).replace(id, 'ID')]
            }),
          )
          expect(answers[0]).toEqual(answers[1])
        }
      })

      test('what is not a secret is refused by its field and never repeated', async () => {
        const fresh = await start({})
        const askFresh = (right: 'export' | 'delete', body: unknown, headers = JSON_TYPE) =>
          ask(right, body, headers, fresh.url)
        const { secret } = await newInstallation()
        await expectProblem(
          await askFresh('export', { secret }, { 'content-type': 'text/plain' }),
          415,
          'not-json',
          'content-type',
        )
        await expectProblem(await askFresh('delete', CANARY.repeat(MAX_EVENT_BYTES)), 413, 'too-large', '')
        await expectProblem(await askFresh('delete', `{"secret":"${CANARY}`), 400, 'malformed-json', '')
        for (const wrong of [
          CANARY,
          `${CANARY}=`,
          `${secret}=`,
          `${secret}A`,
          `${secret.slice(1)}+`,
          [secret],
          null,
          7,
        ]) {
          await expectProblem(await askFresh('export', { secret: wrong }), 422, 'not-a-secret', 'secret')
        }
        await expectProblem(await askFresh('delete', {}), 422, 'not-a-secret', 'secret')
        await expectProblem(await askFresh('delete', [CANARY]), 422, 'not-a-secret', '')
        await expectProblem(await askFresh('delete', { secret, [CANARY]: 1 }), 422, 'not-a-secret', '')
        const get = await fetch(`${fresh.url}/v1/rights/export?secret=${secret}`)
        expect(get.headers.get('allow')).toBe('POST')
        await expectProblem(get, 405, 'method-not-allowed')
        await fresh.stop()
      })

      test('an address has 20 attempts an hour, whatever they held, and its events do not count', async () => {
        const fresh = await start({})
        const askFresh = (right: 'export' | 'delete', body: unknown, headers = JSON_TYPE) =>
          ask(right, body, headers, fresh.url)
        const { secret } = await newInstallation()
        await send(await newEvent(), {}, fresh.url)
        for (let n = 0; n < 10; n++) {
          expect((await askFresh('export', CANARY)).status).toBe(400)
          expect((await askFresh('delete', { secret })).status).toBe(200)
        }
        const answer = await askFresh('export', { secret })
        const waitSeconds = Number(answer.headers.get('retry-after'))
        expect(waitSeconds > 0 && waitSeconds <= 3600).toBe(true)
        await expectProblem(answer, 429, 'too-many-from-address')
        expect((await send(await newEvent(), {}, fresh.url)).status).toBe(200)
        await fresh.stop()
      })
    })

    test('charts show an event as soon as it is acknowledged', async () => {
      const fresh = await start({})
      const daily = async (query = '') => (await fetch(`${fresh.url}/v1/charts/daily${query}`)).json()
      const from = addDays(today, -29)
      expect(await daily()).toEqual({ from, to: today, counts: [] })
      const day = addDays(today, -1)
      for (let n = 1; n <= 3; n++) {
        await send(await newEvent(day), {}, fresh.url)
        const { counts } = (await daily(`?from=${day}&to=${day}`)) as { counts: unknown[] }
        expect(counts).toContainEqual({ day, field: 'installations', value: '', n })
        expect(counts).toContainEqual({ day, field: 'usage.tts_provider_usage', value: 'kokoro', n: 2 * n })
        expect(counts).toContainEqual({ day, field: 'usage.failed_steps', value: 'speak', n })
      }
      const csv = await fetch(`${fresh.url}/v1/charts/daily?from=${day}&to=${day}&format=csv`)
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      const lines = (await csv.text()).split('\r\n')
      expect(lines[0]).toBe('day,field,value,n')
      expect(lines).toContain(`${day},installations,,3`)
      expect(lines).toContain(`${day},installations.last_30_days,,3`)

      const event = await newEvent(day)
      const { environment, usage } = event
      const livekit = { ...usage, transport_usage: { local: 1, livekit: 3 } as const }
      await send(
        { ...event, environment: { ...environment, os_type: 'Darwin' }, usage: livekit },
        {},
        fresh.url,
      )
      const filtered = `?from=${day}&to=${day}&field=installations&filter=environment.os_type:Linux`
      expect(await daily(filtered)).toEqual({
        from: day,
        to: day,
        filter: 'environment.os_type:Linux',
        counts: [{ day, field: 'installations', value: '', n: 3 }],
      })
      const segments = `${fresh.url}/v1/charts/segments?field=usage.transport_usage&value=livekit`
      expect(await (await fetch(segments)).json()).toEqual({
        from,
        to: today,
        field: 'usage.transport_usage',
        value: 'livekit',
        segments: [
          { segment: 'environment.os_type', value: 'Darwin', n: 3, of: 4 },
          { segment: 'environment.os_type', value: 'Linux', n: 0, of: 9 },
          { segment: 'environment.mcp_host', value: 'claude-code', n: 3, of: 13 },
          { segment: 'environment.version', value: '8.12', n: 3, of: 13 },
        ],
      })
      const segmentsCsv = await fetch(`${segments}&format=csv`)
      expect(segmentsCsv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(await segmentsCsv.text()).toContain('\r\nenvironment.version,8.12,3,13\r\n')
      await fresh.stop()
    })

    test('a chart of what is not there is refused by name', async () => {
      const wrong = `from=${CANARY}&to=2026-02-30&field=${CANARY}&filter=environment.os_type:${CANARY}`
      const daily = await fetch(`${server.url}/v1/charts/daily?${wrong}&${CANARY}=1`)
      await expectProblem(daily, 400, 'not-a-query', 'to', 'from', 'field', 'filter')
      const segments = await fetch(
        `${server.url}/v1/charts/segments?field=usage.error_types&value=${CANARY}&format=${CANARY}`,
      )
      await expectProblem(segments, 400, 'not-a-query', 'format', 'value')
    })

    describe('the sign-in of maintainers', () => {
      let guarded: HttpServer
      beforeAll(async () => {
        guarded = await start({ adminToken: CANARY })
      })
      afterAll(() => guarded.stop())

      const FORM_TYPE = 'application/x-www-form-urlencoded'
      const submit = (path: string, token: string, headers: Record<string, string> = {}, url = guarded.url) =>
        fetch(url + path, {
          method: 'POST',
          body: new URLSearchParams({ token }).toString(),
          headers: { 'content-type': FORM_TYPE, ...headers },
          redirect: 'manual',
        })
      const get = (path: string, cookie = '', url = guarded.url) =>
        fetch(url + path, { headers: { cookie }, redirect: 'manual' })
      const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

      test('who comes without a session is shown a form that runs nothing and asks nobody else', async () => {
        const door = await get('/')
        expect([door.status, door.headers.get('location')]).toEqual([303, '/sign-in'])
        const page = await get('/sign-in')
        expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/)
        expect(page.headers.get('cache-control')).toBe('no-store')
        const text = await page.text()
        expect([page.status, text.includes(CANARY)]).toEqual([200, false])
        expect(text).not.toMatch(/<script|<style|style=|https?:/)
        expect(text).toMatch(/<label for="token">/)
        const [, style = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(text) ?? []
        const styles = await get(style)
        expect(styles.headers.get('content-type')).toBe('text/css; charset=utf-8')
        expect(await styles.text()).toContain('color-scheme: light dark')
      })

      test('the token is exchanged for a session that opens dashboard and charts', async () => {
        const answer = await submit('/sign-in', CANARY, { origin: guarded.url })
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
        expect(answer.headers.get('set-cookie')).toMatch(
          /^\w+=[\w.]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
        )
        expect(answer.headers.get('set-cookie')).not.toContain(CANARY)
        const cookie = `other=1; ${cookieOf(answer)}; another=2`
        expect((await get('/', cookie)).status).toBe(200)
        const charts = await get('/v1/charts/daily', cookie)
        expect([charts.status, charts.headers.get('link')]).toEqual([200, '</sign-out>; rel="sign-out"'])
        expect(await (await get('/sign-in', cookie)).text()).toContain('action="/sign-out"')
      })

      test('with an admin token, charts and dashboard are for its holder and events for everyone', async () => {
        for (const path of ['/v1/charts/daily', '/v1/charts/segments', '/assets/x.js']) {
          for (const authorization of ['', 'Bearer', `Bearer x${CANARY}`, `Basic ${CANARY}`, CANARY]) {
            const answer = await fetch(guarded.url + path, { headers: { authorization } })
            expect(answer.headers.get('www-authenticate')).toBe('Bearer')
            await expectProblem(answer, 401, 'not-signed-in')
          }
        }
        const headers = { authorization: `Bearer ${CANARY}` }
        for (const path of ['/v1/charts/daily', '/']) {
          expect((await fetch(guarded.url + path, { headers })).status).toBe(200)
        }
        expect((await send(await newEvent(), {}, guarded.url)).status).toBe(200)
        expect((await fetch(`${guarded.url}/healthz`)).status).toBe(200)
      })

      test('a session holds on another server with the token and on none with another token', async () => {
        const cookie = cookieOf(await submit('/sign-in', CANARY))
        const [same, other] = [await start({ adminToken: CANARY }), await start({ adminToken: `${CANARY}x` })]
        expect((await get('/v1/charts/daily', cookie, same.url)).status).toBe(200)
        expect((await get('/v1/charts/daily', cookie, other.url)).status).toBe(401)
        await Promise.all([same.stop(), other.stop()])
      })

      test('a session that was changed in any part opens nothing', async () => {
        const cookie = cookieOf(await submit('/sign-in', CANARY))
        const [name = '', endsAt = '', mac = ''] = cookie.split(/[=.]/)
        for (const forged of [
          `${name}=${Number(endsAt) + 1}.${mac}`,
          `${name}=${endsAt}.${mac.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}`,
          `${name}=${endsAt}.`,
          `${name}=0${endsAt}.${mac.slice(1)}`,
          `${name}=`,
          `x${cookie}`,
        ]) {
          expect((await get('/v1/charts/daily', forged)).status, forged).toBe(401)
          expect((await get('/', forged)).status, forged).toBe(303)
        }
      })

      test('signing out takes the session from the browser', async () => {
        const answer = await submit('/sign-out', '')
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in'])
        expect(answer.headers.get('set-cookie')).toMatch(
          /^\w+=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict$/,
        )
      })

      test('a wrong token is told on the form, which repeats nothing of it', async () => {
        for (const wrong of ['', `${CANARY}x`, CANARY.slice(1), '"><script>']) {
          const answer = await submit('/sign-in', wrong)
          const text = await answer.text()
          expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null])
          expect(text).toContain('role="alert"')
          expect(text).not.toMatch(/canary|<script/)
        }
      })

      test('a form sent from another site is not taken', async () => {
        for (const headers of [
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site', origin: guarded.url },
          { origin: 'https://evil.example' },
          { origin: 'null' },
        ] as Record<string, string>[]) {
          for (const path of ['/sign-in', '/sign-out']) {
            const answer = await submit(path, CANARY, headers)
            expect(answer.headers.get('set-cookie')).toBeNull()
            await expectProblem(answer, 403, 'other-site')
          }
        }
        const same = await submit('/sign-in', CANARY, { 'sec-fetch-site': 'same-origin', origin: 'null' })
        expect(same.status).toBe(303)
      })

      test('what is no form or too large is refused', async () => {
        await expectProblem(
          await submit('/sign-in', CANARY, { 'content-type': 'application/json' }),
          415,
          'not-a-form',
          'content-type',
        )
        await expectProblem(await submit('/sign-in', CANARY.repeat(MAX_EVENT_BYTES)), 413, 'too-large', '')
      })

      test('an address has 20 attempts an hour; then even the right token is told to wait', async () => {
        const fresh = await start({ adminToken: CANARY })
        const attempt = (token: string) => submit('/sign-in', token, {}, fresh.url)
        for (let n = 0; n < 20; n++) expect((await attempt('wrong')).status).toBe(401)
        const answer = await attempt(CANARY)
        const waitSeconds = Number(answer.headers.get('retry-after'))
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([429, null])
        expect(waitSeconds > 0 && waitSeconds <= 3600).toBe(true)
        expect(await answer.text()).toContain('role="alert"')
        await fresh.stop()
      })

      test('an address that has shown 20 wrong tokens as a bearer is told to wait with the right one too', async () => {
        const fresh = await start({ adminToken: CANARY })
        const show = (token: string) =>
          fetch(`${fresh.url}/v1/charts/daily`, { headers: { authorization: `Bearer ${token}` } })
        for (let n = 0; n < 30; n++) expect((await show(CANARY)).status).toBe(200)
        for (let n = 0; n < 20; n++) expect((await show('wrong')).status).toBe(401)
        for (const token of ['wrong', CANARY]) {
          await expectProblem(await show(token), 429, 'too-many-from-address')
        }
        await fresh.stop()
      })

      test('without an admin token there is nothing to sign in to', async () => {
        expect((await fetch(`${server.url}/v1/charts/daily`)).headers.get('link')).toBeNull()
        await expectProblem(await fetch(`${server.url}/sign-in`), 404, 'not-found')
        await expectProblem(await fetch(`${server.url}/sign-out`, { method: 'POST' }), 404, 'not-found')
      })
    })
  })
}
