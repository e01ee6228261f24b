import { addDays, dayAt, MAX_EVENT_BYTES } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { eventOf } from '../events.ts'
import { CANARY, expectProblem, type HttpUnderTest, JSON_TYPE, newEvent } from './httpUnderTest.ts'

/** Taking events: `POST /v1/events`. */
export function eventsContract(http: HttpUnderTest): void {
  const { post, send, start } = http
  const today = dayAt(Date.now())

  test('an event is acknowledged by its id, a repeat also as a duplicate', async () => {
    const event = await newEvent()
    const { event_id } = event
    const first = await send(event)
    expect([first.status, await first.json()]).toEqual([200, { status: 'ok', event_id }])
    const second = await send(event, { 'content-type': 'Application/JSON; charset=utf-8' })
    expect([second.status, await second.json()]).toEqual([200, { status: 'ok', event_id, duplicate: true }])
    const other = await send({ ...event, environment: { ...event.environment, os_type: 'Darwin' } })
    expect([other.status, await other.json()]).toEqual([200, { status: 'ok', event_id, duplicate: true }])
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
      expect((await post(CANARY.repeat(9999), { [header]: '1', 'content-type': 'text/plain' })).status).toBe(
        204,
      )
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
    await expectProblem(await post(JSON.stringify(wrong)), 422, 'unknown-fields', ...fields)
  })

  test('an unknown key is refused without its name, wherever it stands, as what a newer client may have sent', async () => {
    const text = JSON.stringify(await newEvent())
    const at = (mark: string, key: string) => text.replace(mark, `${mark}"${key}":"${CANARY}",`)
    for (const key of [CANARY, '__proto__', 'constructor']) {
      await expectProblem(await post(at('{', key)), 422, 'unknown-fields', '')
      await expectProblem(await post(at('"environment":{', key)), 422, 'unknown-fields', 'environment')
      await expectProblem(await post(at('"usage":{', key)), 422, 'unknown-fields', 'usage')
      const map = at('"error_types":{', key)
      await expectProblem(await post(map), 422, 'unknown-fields', 'usage.error_types')
    }
  })

  test('an unknown word is refused as what a newer client may have sent, and what is no word is not', async () => {
    const event = await newEvent()
    const sendOs = (os_type: unknown) =>
      post(JSON.stringify({ ...event, environment: { ...event.environment, os_type } }))
    await expectProblem(await sendOs(CANARY), 422, 'unknown-fields', 'environment.os_type')
    await expectProblem(await sendOs(1), 422, 'not-an-event', 'environment.os_type')
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

  test('an event more than a day ahead or older than the retention is refused for its time, by the time of the answer', async () => {
    for (const [days, type] of [
      ...([2, 3] as const).map((ahead) => [ahead, 'ahead-of-clock'] as const),
      ...([-91, -92, -5000] as const).map((old) => [old, 'past-retention'] as const),
    ]) {
      const answer = await send(await newEvent(addDays(today, days)))
      expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000)
      await expectProblem(answer, 422, type, 'timestamp')
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
    const refused = await Promise.all(
      Array.from({ length: 10 }, () => send(event, { 'x-forwarded-for': '192.0.2.9' }, strict.url)),
    )
    // They are told to come back at different times, within 10 minutes after the hour of the limit is over.
    const waits = refused.map((answer) => Number(answer.headers.get('retry-after')))
    expect(Math.min(...waits) > 0 && Math.max(...waits) <= 3600 + 600).toBe(true)
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(30)
    for (const answer of refused) await expectProblem(answer, 429, 'too-many-from-address')
    await strict.stop()
  })
}
