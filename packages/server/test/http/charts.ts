import { addDays, dayAt } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { CANARY, expectProblem, type HttpUnderTest, newEvent } from './httpUnderTest.ts'

/** The numbers of charts. */
export function chartsContract(http: HttpUnderTest): void {
  const { fetch, send, start } = http
  const today = dayAt(Date.now())

  test('charts show an event as soon as it is acknowledged', async () => {
    const fresh = await start({})
    const daily = async (query = '') => (await fetch(`${fresh.url}/v1/charts/daily${query}`)).json()
    const from = addDays(today, -29)
    expect(await daily()).toEqual({ from, to: today, since: today, counts: [] })
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
      since: day,
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
        { segment: 'environment.install_method', value: 'uv', n: 3, of: 13 },
        { segment: 'environment.mcp_host', value: 'claude-code', n: 3, of: 13 },
        { segment: 'environment.exec_source', value: 'mcp', n: 3, of: 13 },
        { segment: 'environment.version', value: '8.12', n: 3, of: 13 },
      ],
    })
    const failed = await fetch(`${fresh.url}/v1/charts/segments?field=usage.failed_steps`)
    expect(await failed.json()).toMatchObject({
      field: 'usage.failed_steps',
      segments: expect.arrayContaining([
        { segment: 'environment.os_type', value: 'Linux', n: 3, of: 30 },
        { segment: 'environment.install_method', value: 'uv', n: 4, of: 40 },
      ]),
    })
    const segmentsCsv = await fetch(`${segments}&format=csv`)
    expect(segmentsCsv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await segmentsCsv.text()).toContain('\r\nenvironment.version,8.12,3,13\r\n')
    await fresh.stop()
  })

  test('a chart of what is not there is refused by name', async () => {
    const wrong = `from=${CANARY}&to=2026-02-30&field=${CANARY}&filter=environment.os_type:${CANARY}`
    const daily = await fetch(`${http.url}/v1/charts/daily?${wrong}&${CANARY}=1`)
    await expectProblem(daily, 400, 'not-a-query', 'to', 'from', 'field', 'filter')
    const segments = await fetch(
      `${http.url}/v1/charts/segments?field=usage.error_types&value=${CANARY}&format=${CANARY}`,
    )
    await expectProblem(segments, 400, 'not-a-query', 'format', 'value')
  })
}
