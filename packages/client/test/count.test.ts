import { parseEvent, successRate, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Host } from '../src/host.ts'
import { composeEvent } from '../src/logs/compose.ts'
import { type DayReading, readDays } from '../src/logs/readDays.ts'
import { anyLogs, DAY, ENVIRONMENT, exchangeLine, Home, type LogFolder } from './logs.ts'

const ID = 'e85850d8-3ca6-8a78-952a-d0f195738b0a'

interface Counting {
  day?: string
  now?: string
  since?: string
}

async function eventOf(logs: LogFolder, counting: Counting = {}): Promise<TelemetryEvent | undefined> {
  const { day = DAY, now = '2026-11-24T00:00:00Z', since } = counting
  using home = new Home()
  home.writeLogs(logs)
  const host = home.host({ now: () => Date.parse(now) })
  return composeEvent(await readDay(host, day, since), ENVIRONMENT, ID)
}

async function readDay(host: Host, day: string, since?: string): Promise<DayReading> {
  const options = { now: host.now(), since: since ? Date.parse(since) : undefined }
  const [reading] = await Array.fromAsync(readDays(host.directories, [day], options))
  if (!reading) throw new TypeError('every day has a reading')
  return reading
}

function conversations(files: Record<string, string[]>): LogFolder {
  return {
    conversations: new Map(Object.entries(files).map(([day, lines]) => [`exchanges_${day}.jsonl`, lines])),
    events: new Map(),
  }
}

describe('the event of a day', () => {
  test('is one that a reader takes: every leaf a word, an id, a time or a bounded number', async () => {
    await fc.assert(
      fc.asyncProperty(anyLogs, async (logs) => {
        const event = await eventOf(logs)
        if (event) expect(await parseEvent(event)).toEqual({ ok: true, event })
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  test('counts a session over midnight once, on the day it ends, with its whole length', async () => {
    const logs = conversations({
      '2026-11-19': [exchangeLine({ at: '2026-11-19T23:58:00Z' })],
      '2026-11-20': [exchangeLine({ at: '2026-11-20T00:02:00Z' })],
    })
    expect((await eventOf(logs))?.usage).toMatchObject({
      total_sessions: 1,
      duration_distribution: { '1-5min': 1 },
    })
    expect((await eventOf(logs, { day: '2026-11-19' }))?.usage).toMatchObject({
      total_sessions: 0,
      total_operations: 1,
    })
  })

  test('follows a session through the files of earlier days for as long as it has no silence', async () => {
    const everyFourMinutes = (day: string) =>
      Array.from({ length: 360 }, (_, n) =>
        exchangeLine({ at: new Date(Date.parse(`${day}T00:00:00Z`) + n * 240_000).toISOString() }),
      )
    const logs = conversations({
      '2026-11-17': everyFourMinutes('2026-11-17').slice(100),
      '2026-11-18': everyFourMinutes('2026-11-18'),
      '2026-11-19': everyFourMinutes('2026-11-19'),
      '2026-11-20': [exchangeLine({ at: '2026-11-20T00:00:00Z' })],
    })
    expect((await eventOf(logs))?.usage).toMatchObject({
      total_sessions: 1,
      duration_distribution: { '>60min': 1 },
      exchanges_per_session: { '>20': 1 },
    })
  })

  test('begins another session after 5 minutes of silence, whatever its id', async () => {
    const at = (time: string, id = 'conv_a') => exchangeLine({ at: `${DAY}T${time}Z`, id })
    const logs = conversations({ [DAY]: [at('10:00:00'), at('10:04:59.999999'), at('10:09:59.999999')] })
    expect((await eventOf(logs))?.usage.duration_distribution).toEqual({ '<1min': 1, '1-5min': 1 })
  })

  test('leaves a session for later while its last exchange is less than 5 minutes old', async () => {
    const logs = conversations({ [DAY]: [exchangeLine({ at: `${DAY}T10:00:00Z` })] })
    expect((await eventOf(logs, { now: `${DAY}T10:04:59.999Z` }))?.usage.total_sessions).toBe(0)
    expect((await eventOf(logs, { now: `${DAY}T10:05:00Z` }))?.usage.total_sessions).toBe(1)
  })

  test('tells microseconds apart: the later transport wins, and 59.999999 s are no minute', async () => {
    const logs = conversations({
      [DAY]: [
        exchangeLine({ at: `${DAY}T10:00:59.999999Z`, metadata: { transport: 'livekit' } }),
        exchangeLine({ at: `${DAY}T10:00:59.999998Z`, metadata: { transport: 'local' } }),
        exchangeLine({ at: `${DAY}T10:00:00Z` }),
      ],
    })
    expect((await eventOf(logs))?.usage).toMatchObject({
      transport_usage: { livekit: 1 },
      duration_distribution: { '<1min': 1 },
    })
  })

  test('of equally late transports takes the later line, also across files', async () => {
    const at = `${DAY}T23:30:00+00:00`
    const logs = conversations({
      '2026-11-21': [exchangeLine({ at, metadata: { transport: 'livekit' } })],
      '2026-11-20': [
        exchangeLine({ at, metadata: { transport: 'pigeon' } }),
        exchangeLine({ at, metadata: { transport: 'local' } }),
      ],
    })
    expect((await eventOf(logs))?.usage.transport_usage).toEqual({ livekit: 1 })
  })

  test('holds only what began after the yes', async () => {
    const logs = conversations({
      [DAY]: [
        exchangeLine({
          at: `${DAY}T09:00:00Z`,
          id: 'before',
          metadata: { error: 'OSError', voice_mode_version: '1.0.0' },
        }),
        exchangeLine({ at: `${DAY}T09:58:00Z`, id: 'across' }),
        exchangeLine({ at: `${DAY}T10:01:00Z`, id: 'across' }),
        exchangeLine({ at: `${DAY}T11:00:00Z`, id: 'after', metadata: { error: 'ValueError' } }),
      ],
    })
    const event = await eventOf(logs, { since: `${DAY}T10:00:00Z` })
    expect(event?.usage).toMatchObject({
      total_sessions: 1,
      total_operations: 2,
      error_types: { ValueError: 1 },
    })
  })

  test('cuts counts at 100,000 and stays consistent', async () => {
    const lines = Array.from({ length: 100_010 }, (_, n) =>
      exchangeLine({ at: `${DAY}T10:00:00Z`, id: `c${n}`, metadata: { transport: 'local' } }),
    )
    const event = await eventOf(conversations({ [DAY]: lines }))
    expect(event?.usage).toMatchObject({
      total_sessions: 100_000,
      total_operations: 100_000,
      transport_usage: { local: 100_000 },
    })
    expect(await parseEvent(event)).toMatchObject({ ok: true })
  })

  test('is none where there are no logs at all', async () => {
    expect(await eventOf({ conversations: new Map(), events: new Map() })).toBeUndefined()
  })
})

test('damaged lines are skipped and counted: cut short, no object, no time, absurdly long; the rest is used', async () => {
  using home = new Home()
  const good = exchangeLine({ at: `${DAY}T10:00:00Z` })
  const tooLong = exchangeLine({ at: `${DAY}T10:00:00Z`, id: 'x'.repeat(9 * 1024 * 1024) })
  home.writeLogs(
    conversations({ [DAY]: [good, good.slice(0, -9), '[]', exchangeLine({ at: 'noon' }), tooLong, good] }),
  )
  const { skippedLines, sessions, operations } = await readDay(home.host(), DAY)
  expect({ skippedLines, sessions: sessions.length, operations: operations.length }).toEqual({
    skippedLines: 4,
    sessions: 1,
    operations: 2,
  })
})

test('bytes that are no UTF-8 spoil nothing but the text they stand in', async () => {
  using home = new Home()
  const line = exchangeLine({ at: `${DAY}T10:00:00Z` }).replace('private', 'pri\u00ffvate')
  home.writeLogs(conversations({}))
  home.write(`.voicemode/logs/conversations/exchanges_${DAY}.jsonl`, '')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`${home.base}/logs/conversations/exchanges_${DAY}.jsonl`, Buffer.from(line, 'latin1'))
  expect((await readDay(home.host(), DAY)).operations).toHaveLength(1)
})

test('a success rate is rounded half up to one decimal', () => {
  expect(successRate(1, 1)).toBe(100)
  expect(successRate(2, 3)).toBe(66.7)
  expect(successRate(1, 2000)).toBe(0.1)
  expect(successRate(0, 7)).toBe(0)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (all, some) => {
      const succeeded = Math.min(all, some)
      const tenths = BigInt(Math.round(successRate(succeeded, all) * 10))
      const [s, a] = [BigInt(succeeded), BigInt(all)]
      // tenths - 1/2 <= 1000 s / a < tenths + 1/2, in whole numbers
      expect((2n * tenths - 1n) * a <= 2000n * s && 2000n * s < (2n * tenths + 1n) * a).toBe(true)
    }),
  )
})
