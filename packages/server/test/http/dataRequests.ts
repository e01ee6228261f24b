import {
  addDays,
  dayAt,
  deriveTelemetryId,
  MAX_EVENT_BYTES,
  SECRET_BYTES,
} from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { eventOf } from '../events.ts'
import { CANARY, expectProblem, type HttpUnderTest, JSON_TYPE, newEvent } from './httpUnderTest.ts'

/** Export and deletion. */
export function dataRequestsContract(http: HttpUnderTest): void {
  const { fetch, send, start } = http
  const today = dayAt(Date.now())

  describe('the rights of an installation', () => {
    const ask = (
      right: 'export' | 'delete',
      body: unknown,
      headers: Record<string, string> = JSON_TYPE,
      url = http.url,
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
        { status: 'ok', telemetry_id: id, events: [early, late], kept_since: addDays(today, -90) },
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
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', telemetry_id: mine.id }])
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
}
