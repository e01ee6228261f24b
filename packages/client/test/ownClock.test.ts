import { addDays, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { listEvents } from '../src/queue/queue.ts'
import { readStatus } from '../src/show/status.ts'
import { grantedHome } from './homes.ts'
import { USED_DAY } from './logs.ts'
import { answerWith, Receiver, takeIt } from './receiver.ts'
import { hostOf, outcomes, send } from './sending.ts'

test('a clock that is 100 days ahead for one send deletes nothing, and says so; then all goes on', async () => {
  using home = await grantedHome([addDays(USED_DAY, -1), USED_DAY])
  await using receiver = await Receiver.start()
  receiver.answer = (response, body, nth, request) =>
    (nth === 1 ? takeIt : answerWith(400))(response, body, nth, request)
  const right = hostOf(home, receiver.url)
  expect(outcomes(await send(right))).toEqual(['sent', 'queued'])
  const places = () => ['queue', 'sent'].map((place) => listEvents(right, place as 'queue' | 'sent'))
  const before = places()

  const ahead = hostOf(home, receiver.url, { now: () => Date.now() + 100 * MS_PER_DAY })
  expect(outcomes(await send(ahead))).toEqual([])
  expect(places()).toEqual(before)
  expect(readStatus(ahead).clock_not_believed).toBe(true)

  receiver.answer = takeIt
  expect(outcomes(await send(right))).toEqual(['sent'])
  expect(readStatus(right).clock_not_believed).toBe(false)
})

test('a clock that has gone on for days is believed, and what is old by it is deleted', async () => {
  using home = await grantedHome()
  await using receiver = await Receiver.start()
  const right = hostOf(home, receiver.url)
  expect(outcomes(await send(right))).toEqual(['sent'])
  for (const days of [100, 101, 102]) {
    expect(listEvents(right, 'sent')).toHaveLength(1)
    await send(hostOf(home, receiver.url, { now: () => Date.now() + days * MS_PER_DAY }))
  }
  expect(listEvents(right, 'sent')).toEqual([])
})
