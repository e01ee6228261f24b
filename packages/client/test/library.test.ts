import { addDays, dayAt, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import * as library from '../src/index.ts'
import { exchangeLine, Home } from './logs.ts'
import { answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'

const { TelemetryClient, TelemetryCollector } = library
const TODAY = dayAt(Date.now())
const YESTERDAY = addDays(TODAY, -1)
/** Midnight does not pass while a test runs. */
const now = () => startOfDay(TODAY) + 12 * 3_600_000

function usedHome(): Home {
  const home = new Home()
  home.writeLogs({
    conversations: new Map([
      [`exchanges_${YESTERDAY}.jsonl`, [exchangeLine({ at: `${YESTERDAY}T10:00:00Z` })]],
    ]),
    events: new Map(),
  })
  return home
}

/** A yes that was given before yesterday. */
async function consent(home: Home): Promise<void> {
  await library.grantConsent(home.host({ now: () => now() - 3 * 86_400_000 }), 'command')
}

test('the public module keeps the names its users know', () => {
  expect(Object.keys(library)).toEqual(
    expect.arrayContaining([
      'TelemetryCollector',
      'TelemetryClient',
      'binDuration',
      'binSize',
      'anonymizePath',
      'sanitizeVersionString',
      'telemetryId',
      'environmentInfo',
    ]),
  )
})

test('the collector counts a day before consent, under the nil id, and there is no telemetry id yet', async () => {
  using home = usedHome()
  const collector = new TelemetryCollector(home.host({ now }), { mcpHost: 'zed' })
  expect(await collector.collectSessionData()).toMatchObject({ total_sessions: 1, total_operations: 1 })
  const event = await collector.collectTelemetryEvent(YESTERDAY)
  expect(event).toMatchObject({
    telemetry_id: '00000000-0000-0000-0000-000000000000',
    environment: { exec_source: 'cli', mcp_host: 'zed' },
  })
  expect(await collector.collectTelemetryEvent('2020-01-01')).toBeUndefined()
  expect(collector.collectEnvironmentData()).toEqual({
    ...library.environmentInfo(home.host({ now })),
    mcp_host: 'zed',
  })
  expect(library.telemetryId(home.host({ now }))).toBeUndefined()
  await expect(collector.collectSessionData('yesterday')).rejects.toThrow(RangeError)
})

test('the client queues, sends, counts and clears events, and refuses what is none of its own', async () => {
  using home = usedHome()
  await using receiver = await Receiver.start()
  await consent(home)
  const host = home.host({ now, env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
  const client = new TelemetryClient(host)
  const event = await new TelemetryCollector(host).collectTelemetryEvent(YESTERDAY)
  if (!event) throw new Error('there was use yesterday')
  expect(event.telemetry_id).toBe(library.telemetryId(host))

  receiver.answer = answerWith(503)
  expect(await client.sendEvent(event)).toBe('queued')
  expect(client.queueSize()).toBe(1)
  receiver.answer = takeIt
  expect(await client.sendQueuedEvents()).toMatchObject({
    outcome: 'done',
    events: [{ outcome: 'sent' }],
    left: 0,
  })
  expect(client.queueSize()).toBe(0)
  receiver.answer = refuseWith({ type: '/problems/not-an-event' })
  expect(await client.sendEvent(event)).toBe('rejected')

  await expect(client.sendEvent({ ...event, event_id: '0123456789abcdef' })).rejects.toThrow(
    'not an event: event_id',
  )
  receiver.answer = answerWith(503)
  await client.sendEvent(event)
  expect(client.clearOldQueuedEvents(-1)).toBe(1)
  expect(client.queueSize()).toBe(0)
  expect(library.readStatus(host)).toMatchObject({
    dropped_unsent: 1,
    last_dropped_unsent: new Date(now()).toISOString(),
  })
})

test('without a yes the client withholds an event and queues nothing', async () => {
  using home = usedHome()
  const host = home.host({ now })
  const event = await new TelemetryCollector(host).collectTelemetryEvent(YESTERDAY)
  if (!event) throw new Error('there was use yesterday')
  expect(await new TelemetryClient(host).sendEvent(event)).toBe('withheld')
  expect(new TelemetryClient(host).queueSize()).toBe(0)
})
