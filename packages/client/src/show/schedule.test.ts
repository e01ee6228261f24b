import { expect, test } from 'vitest'
import { Home } from '../../test/logs.ts'
import { grantConsent } from '../consent/grant.ts'
import { updateState } from '../settings/state.ts'
import { describeSchedule, scheduleRows } from './schedule.ts'
import { readStatus } from './status.ts'

const YES = Date.parse('2026-11-20T10:00:00Z')
const TO_SERVER = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://stats.example.org' }

/** The status under a yes of {@link YES}, some days later. */
async function statusAfter(home: Home, days: number, env = {}) {
  await grantConsent(home.host({ now: () => YES }), 'command')
  return readStatus(home.host({ env, now: () => YES + days * 24 * 60 * 60 * 1000 }))
}

test('right after a yes no day is due, and nothing sends the next one by itself', async () => {
  using home = new Home()
  const told = describeSchedule(await statusAfter(home, 0, TO_SERVER))
  expect(told).toMatch(
    /^Days to send: none now\nNext report: 2026-11-20, from 2026-11-21 00:05 UTC on\nWhat sends: nothing yet; .*\nSend now: .*\nSend every day: .* voicemode-telemetry send --background$/,
  )
})

test('days that are due are named, and so is the background send that there was', async () => {
  using home = new Home()
  updateState(home.host(), { lastBackgroundAt: YES })
  expect(describeSchedule(await statusAfter(home, 1, TO_SERVER))).toContain('2026-11-20. It is over and has')
  const told = describeSchedule(await statusAfter(home, 2, TO_SERVER))
  expect(told).toContain('Days to send: 2026-11-20, 2026-11-21. They are over')
  expect(told).toContain(
    'What sends: a background send, at most one a day, and again only while events wait, when the server said; the last one began 2026-11-20T10:00:00.000Z, the next can begin now',
  )
})

test('where no server is set it says that nothing goes anywhere', async () => {
  using home = new Home()
  expect(describeSchedule(await statusAfter(home, 0))).toBe(
    'Sends to: VOICEMODE_TELEMETRY_ENDPOINT is not set, so nothing can be sent',
  )
})

test('without a yes there is nothing to tell', () => {
  using home = new Home()
  expect(scheduleRows(readStatus(home.host({ env: TO_SERVER })))).toEqual([])
})
