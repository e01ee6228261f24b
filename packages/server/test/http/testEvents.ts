import { dayAt } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { eventOf } from '../events.ts'
import { CANARY, expectProblem, type HttpUnderTest, JSON_TYPE, newEvent } from './httpUnderTest.ts'

/** Test events: `/v1/events/test`. */
export function testEventsContract(http: HttpUnderTest): void {
  const { fetch, start } = http
  const post = (url: string, body: unknown, headers = {}) =>
    fetch(`${url}/v1/events/test`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...JSON_TYPE, ...headers },
    })
  const last = async (url: string) => (await fetch(`${url}/v1/events/test`)).json()

  test('a test event is shown to maintainers and counted nowhere', async () => {
    const { url, stop } = await start({})
    expect(await last(url)).toEqual({ last: null })
    const event = await newEvent()
    const answer = await post(url, event)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', event_id: event.event_id }])
    expect(await last(url)).toEqual({
      last: { arrived_at: expect.stringContaining(dayAt(Date.now())), version: event.environment.version },
    })
    const charts = (await (await fetch(`${url}/v1/charts/daily`)).json()) as { counts: unknown[] }
    expect(charts.counts).toEqual([])
    // The same id is new to the store.
    const real = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(event),
      headers: JSON_TYPE,
    })
    expect(await real.json()).not.toHaveProperty('duplicate')
    await stop()
  })

  test('a test event passes the gates of every event', async () => {
    const { url, stop } = await start({ eventsPerAddressPerHour: 3 })
    const event = await newEvent()
    expect((await post(url, event, { dnt: '1' })).status).toBe(204)
    await expectProblem(await post(url, { ...event, usage: 1 }), 422, 'not-an-event', 'usage')
    await expectProblem(
      await post(url, await eventOf({ installation: 1, day: '2020-01-01' })),
      422,
      'past-retention',
      'timestamp',
    )
    expect((await post(url, event)).status).toBe(200)
    expect((await post(url, event)).status).toBe(429)
    await stop()
  })

  test('only maintainers see that a test event arrived', async () => {
    const { url, stop } = await start({ adminToken: CANARY })
    expect((await fetch(`${url}/v1/events/test`)).status).toBe(401)
    await stop()
  })
}
