import { addDays, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { describeClocks } from '../src/send/clocks.ts'
import { readStatus } from '../src/show/status.ts'
import { grantedHome } from './homes.ts'
import { USED_DAY } from './logs.ts'
import { type Answer, answerWith, Receiver, refuseWith, takeIt } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

/** Refuses the first event for its time, by a clock so many days from this one, and takes every other. */
function refuseFirst(type: string, days: number): Answer {
  const date = new Date(Date.now() + days * MS_PER_DAY).toUTCString()
  const headers = { 'content-type': 'application/problem+json', date }
  const refuse = answerWith(422, headers, JSON.stringify({ type: `/problems/${type}` }))
  return (response, body, nth, request) => (nth === 1 ? refuse : takeIt)(response, body, nth, request)
}

test.each([
  ['ahead-of-clock', -3, "the server's is 3 days behind this machine's"],
  ['past-retention', 200, "the server's is 200 days ahead of this machine's"],
])(
  'an event that is refused as %s waits alone, and status says how far the clocks are apart',
  async (type, days, words) => {
    const daysOfUse = [addDays(USED_DAY, -1), USED_DAY]
    using home = await grantedHome(daysOfUse)
    await using receiver = await Receiver.start()
    receiver.answer = refuseFirst(type, days)
    const host = hostOf(home, receiver.url)
    expect(outcomes(await send(host))).toEqual(['queued', 'sent'])
    expect(readStatus(host)).toMatchObject({
      queued: 1,
      not_before: null,
      last_failure: { why: `the clocks differ: ${words}`, remedy: expect.stringContaining('Set the clock') },
    })
    receiver.answer = takeIt
    expect(outcomes(await send(host))).toEqual(['sent'])
    expect(receiver.bodies.at(-1)).toEqual(receiver.bodies[0])
    expect(readStatus(host)).toMatchObject({ queued: 0, last_failure: null, last_refused: null })
  },
)

test.each([
  ['ahead-of-clock', "the server's clock has not reached the time of this event yet"],
  ['past-retention', 'the server no longer keeps events of that day'],
])('where the clocks agree, an event refused as %s waits too, and no clock is blamed', async (type, why) => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  receiver.answer = refuseWith({ type: `/problems/${type}` })
  const host = hostOf(home, receiver.url)
  expect(outcomes(await send(host))).toEqual(['queued'])
  expect(readStatus(host).last_failure).toMatchObject({ why, remedy: null })
})

test('clocks are told apart from 5 minutes on, in words that fit', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const told = (apartMs: number) => describeClocks(new Date(now + apartMs).toUTCString(), now)?.why
  expect(told(5 * 60_000)).toBeUndefined()
  expect(told(-6 * 60_000)).toMatch(/6 minutes behind/)
  expect(told(90 * 60_000)).toMatch(/90 minutes ahead/)
  expect(told(30 * 3_600_000)).toMatch(/30 hours ahead/)
  expect(told(-2 * MS_PER_DAY)).toMatch(/2 days behind/)
  for (const date of [null, '', 'soon']) expect(describeClocks(date, now)).toBeUndefined()
})
