import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { exampleEnvironment } from '../../../scripts/exampleEnvironment.ts'
import { encodeEvent } from './encode.ts'
import { deriveEventId } from './eventId.ts'
import { parseEvent, parseEventAtOnce } from './parse.ts'
import type { TelemetryEvent } from './plainTypes.ts'

const ID = 'e85850d8-3ca6-8a78-952a-d0f195738b0a'

async function anEvent(): Promise<TelemetryEvent> {
  const timestamp = '2026-11-21T00:00:00+00:00'
  return {
    event_id: deriveEventId(ID, timestamp),
    telemetry_id: ID,
    timestamp,
    environment: exampleEnvironment(),
    usage: {
      total_sessions: 42,
      duration_distribution: { '<1min': 10, '1-5min': 20, '5-10min': 8, '10-20min': 3, '20-60min': 1 },
      exchanges_per_session: { '1-5': 32, '6-10': 8, '11-20': 2 },
      transport_usage: { local: 40, livekit: 2 },
      tts_provider_usage: { kokoro: 35, openai: 7 },
      stt_provider_usage: { 'whisper-local': 38, openai: 4 },
      success_rate: 95.2,
      total_operations: 42,
      failed_steps: { speak: 2 },
      error_types: {},
    },
  }
}

/** The event with a value put at a path, or the key taken away for `undefined`. */
async function withValue(path: string, value: unknown): Promise<unknown> {
  const event = structuredClone(await anEvent()) as unknown as Record<string, unknown>
  const keys = path.split('.')
  const parent = keys.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, event)
  const last = keys.at(-1) ?? ''
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return event
}

/** Reads an event in both ways, which must agree. */
async function parse(value: unknown) {
  const parsed = await parseEvent(value)
  expect(
    parseEventAtOnce(value, (id, timestamp) => hash('sha256', `${id}:${timestamp}`).slice(0, 16)),
  ).toEqual(parsed)
  return parsed
}

async function fieldsRefused(value: unknown): Promise<string[]> {
  const parsed = await parse(value)
  return parsed.ok ? [] : parsed.problems.map(({ field }) => field)
}

describe('parseEvent', () => {
  test('takes the example of the contract and keeps its bytes', async () => {
    const event = await anEvent()
    const parsed = await parse(JSON.parse(encodeEvent(event)))
    expect(parsed).toEqual({ ok: true, event })
  })

  test('brings the keys into the order of the contract', async () => {
    const event = await anEvent()
    const shuffled = Object.fromEntries(Object.entries(event).reverse())
    const parsed = await parse(shuffled)
    expect(parsed.ok && encodeEvent(parsed.event)).toBe(
      encodeEvent({
        ...event,
        usage: {
          ...event.usage,
          tts_provider_usage: { openai: 7, kokoro: 35 },
          stt_provider_usage: { openai: 4, 'whisper-local': 38 },
        },
      }),
    )
  })

  test.each([
    ['event_id', '0123456789abcdef', 'event_id'],
    ['event_id', 'not hex', 'event_id'],
    ['telemetry_id', '00000000-0000-0000-0000-000000000000', 'telemetry_id'],
    ['telemetry_id', 'E85850D8-3CA6-8A78-952A-D0F195738B0A', 'telemetry_id'],
    ['timestamp', '2026-11-21T00:30:00+00:00', 'timestamp'],
    ['timestamp', '2026-11-21T00:00:00Z', 'timestamp'],
    ['timestamp', '2026-02-30T00:00:00+00:00', 'timestamp'],
    ['timestamp', '2026-11-21T24:00:00+00:00', 'timestamp'],
    ['environment', null, 'environment'],
    ['environment.os_type', 'Linux 6.1', 'environment.os_type'],
    ['environment.version', '8.12', 'environment.version'],
    ['environment.version', '8.12.12345', 'environment.version'],
    ['usage.total_sessions', 41, 'usage.duration_distribution'],
    ['usage.total_sessions', 100_001, 'usage.total_sessions'],
    ['usage.total_sessions', 1.5, 'usage.total_sessions'],
    ['usage.total_operations', -1, 'usage.total_operations'],
    ['usage.duration_distribution', { '<1min': 41 }, 'usage.duration_distribution'],
    ['usage.exchanges_per_session', { '1-5': 43 }, 'usage.exchanges_per_session'],
    ['usage.transport_usage', { local: 43 }, 'usage.transport_usage'],
    ['usage.tts_provider_usage', { kokoro: 0 }, 'usage.tts_provider_usage.kokoro'],
    ['usage.success_rate', 95.25, 'usage.success_rate'],
    ['usage.success_rate', undefined, 'usage.success_rate'],
    ['usage.success_rate', 100.1, 'usage.success_rate'],
    ['usage.success_rate', 97.6, 'usage.success_rate'],
    ['usage.failed_steps', { speak: 1 }, 'usage.success_rate'],
    ['usage.failed_steps', { speak: 43 }, 'usage.failed_steps'],
    ['usage.failed_steps', undefined, 'usage.failed_steps'],
    ['usage.error_types', undefined, 'usage.error_types'],
    ['usage.error_types', [], 'usage.error_types'],
    ['usage', [], 'usage'],
  ])('refuses %s = %j and names the field', async (path, value, field) => {
    expect(await fieldsRefused(await withValue(path, value))).toContain(field)
  })

  test('takes every whole hour of a day', async () => {
    const timestamp = '2026-11-21T23:00:00+00:00'
    const event = { ...(await anEvent()), timestamp, event_id: deriveEventId(ID, timestamp) }
    expect(await fieldsRefused(event)).toEqual([])
  })

  test('asks no rate to follow from operations that were cut to the largest number', async () => {
    expect(await fieldsRefused(await withValue('usage.total_operations', 100_000))).toEqual([])
  })

  test('tells every problem of the shape at once', async () => {
    const event = {
      ...((await withValue('environment.os_type', 'Amiga')) as object),
      timestamp: 'noon',
      event_id: 1,
    }
    expect(await fieldsRefused(event)).toEqual(['event_id', 'timestamp', 'environment.os_type'])
  })

  test.each(['', 'environment', 'usage', 'usage.error_types'])(
    'refuses an unknown key in "%s" without repeating it or its value',
    async (path) => {
      const key = 'secret_key'
      const value = 'secret value'
      const parsed = await parse(await withValue(path === '' ? key : `${path}.${key}`, value))
      expect(parsed.ok).toBe(false)
      expect(parsed).toHaveProperty('problems.0.field', path)
      expect(JSON.stringify(parsed)).not.toMatch(/secret/)
    },
  )

  test.each([[null], [[]], ['text'], [7], [true]])('refuses %j, which is no object', async (value) => {
    expect(await fieldsRefused(value)).toEqual([''])
  })
})
