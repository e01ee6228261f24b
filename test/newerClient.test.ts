import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dayAt } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { type Delivery, deliver } from '../packages/client/src/send/deliver.ts'
import { eventOf } from '../packages/server/test/events.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'

const host = { request: fetch, now: Date.now, randomBytes: (bytes: number) => new Uint8Array(bytes) }

test('a client keeps an event with fields or words that the server does not have yet, and no other that is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'newer-'))
  const server = await startServer(join(folder, 'test.db'))
  const event = await eventOf({ installation: 1, day: dayAt(Date.now()) })
  const outcomeOf = async (sent: object): Promise<Delivery['outcome']> => {
    const outgoing = { body: JSON.stringify(sent), eventId: event.event_id }
    const { signal } = new AbortController()
    const permit = { url: `${server.url}/v1/events`, signal, stands: () => true }
    return (await deliver(host, permit, outgoing)).outcome
  }
  try {
    const usage = { ...event.usage, error_types: { ...event.usage.error_types, NewError: 1 } }
    expect(await outcomeOf({ ...event, new_field: 1 })).toBe('queued')
    expect(await outcomeOf({ ...event, environment: { ...event.environment, new_field: 'x' } })).toBe(
      'queued',
    )
    expect(await outcomeOf({ ...event, usage })).toBe('queued')
    expect(await outcomeOf({ ...event, event_id: '0'.repeat(16) })).toBe('rejected')
    expect(await outcomeOf(event)).toBe('sent')
  } finally {
    await server.end()
    rmSync(folder, { recursive: true })
  }
})
