import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addDays, type Day, encodeEvent, NIL_TELEMETRY_ID, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { playScenes, type Scenes } from '../../../scripts/scenes/index.ts'
import { grantConsent } from '../src/index.ts'
import { composeEvent } from '../src/logs/compose.ts'
import { readDays } from '../src/logs/readDays.ts'
import { sendDue } from '../src/send/send.ts'
import { previewDay, previewDays } from '../src/show/preview.ts'
import { ENVIRONMENT, Home } from './logs.ts'
import { Receiver } from './receiver.ts'

const MINUTE_MS = 60_000
const SEEDS = Array.from({ length: 12 }, (_, n) => Number(process.env.SEED ?? Date.now() % 1e6) + n)

/** When a day is first reported: its sessions are over by then. */
function firstReport(day: Day): number {
  return startOfDay(addDays(day, 1)) + 5 * MINUTE_MS + 1000
}

/** The logs as they stood at an instant. A line without a readable time stands by the one before it. */
function writeLogsUpTo(home: Home, { files }: Scenes, nowMs: number): void {
  for (const { path, content } of files) {
    let isWritten = true
    const lines = Buffer.from(content)
      .toString('latin1')
      .split('\n')
      .filter((line) => {
        const at = Date.parse(/"timestamp": ?"([^"]+)"/.exec(line)?.[1] ?? '')
        if (!Number.isNaN(at)) isWritten = at <= nowMs
        return isWritten
      })
    const whole = join(home.base, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, lines.join('\n'), 'latin1')
  }
}

function daysOf({ days }: Scenes): Day[] {
  return [...days.keys()].sort()
}

async function bodyOf(home: Home, day: Day, now: number): Promise<string | undefined> {
  const [reading] = await Array.fromAsync(readDays(home.host().directories, [day], { now }))
  const event = reading && (await composeEvent(reading, ENVIRONMENT, NIL_TELEMETRY_ID.replace(/0$/, '1')))
  return event && encodeEvent(event)
}

test.each(SEEDS)('a report made late says what one made in time says (seed %d)', async (seed) => {
  const scenes = playScenes(seed)
  using early = new Home()
  using late = new Home()
  writeLogsUpTo(late, scenes, Number.POSITIVE_INFINITY)
  for (const day of daysOf(scenes)) {
    const now = firstReport(day)
    writeLogsUpTo(early, scenes, now)
    expect(await bodyOf(late, day, now + 7 * 24 * 60 * MINUTE_MS), day).toBe(await bodyOf(early, day, now))
  }
})

test.each(SEEDS)('many days read together say what each says alone (seed %d)', async (seed) => {
  const scenes = playScenes(seed)
  using home = new Home()
  writeLogsUpTo(home, scenes, Number.POSITIVE_INFINITY)
  const host = home.host({ now: () => scenes.nowMs })
  const days = daysOf(scenes)
  const together = await Array.fromAsync(previewDays(host, days, ENVIRONMENT))
  const apart = await Promise.all(days.map((day) => previewDay(host, day, ENVIRONMENT)))
  expect(together.map(({ body }) => body)).toEqual(apart.map(({ body }) => body))
})

test.each(SEEDS.slice(0, 4))(
  'who sends every day and who sends once a week report the same (seed %d)',
  async (seed) => {
    const scenes = playScenes(seed)
    const days = daysOf(scenes)
    const daily = await eventsSent(scenes, days.map(firstReport))
    const weekly = await eventsSent(scenes, [firstReport(days.at(-1) ?? '')])
    expect(weekly).toEqual(daily)
    expect(new Set(daily.map(({ day }) => day)).size).toBe(daily.length)
  },
)

/** What is reported by who sends at some instants, without the ids, which are drawn at random. */
async function eventsSent(scenes: Scenes, instants: number[]) {
  using home = new Home()
  await using receiver = await Receiver.start()
  const hostAt = (nowMs: number) =>
    home.host({ now: () => nowMs, env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
  await grantConsent(hostAt(startOfDay(daysOf(scenes)[0] ?? '')), 'command')
  for (const nowMs of instants) {
    writeLogsUpTo(home, scenes, nowMs)
    expect(await sendDue(hostAt(nowMs), { environment: ENVIRONMENT })).toMatchObject({
      outcome: 'done',
      left: 0,
    })
  }
  return receiver.bodies
    .map((body) => JSON.parse(body.toString()))
    .map(({ timestamp, environment, usage }) => ({ day: timestamp.slice(0, 10), environment, usage }))
    .sort((a, b) => (a.day < b.day ? -1 : 1))
}
